"""Compiling deliveries: signatures become numbered, sealed packages, each exactly once.

A process may be killed at any moment: what it had begun is settled by the next one, which knows
by the database's lock that nobody is at it.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from campaign.accounts.audit import Actor, record_alone
from campaign.delivery import archive
from campaign.delivery.describing import Contents
from campaign.delivery.errors import CannotWrite
from campaign.delivery.exporting import write_csv
from campaign.delivery.files import publish, writing
from campaign.delivery.keys import signing_key
from campaign.delivery.numbering import Choice, Target, choose, lock_campaign, lock_pair, target
from campaign.delivery.packing import TABLE, pack
from campaign.delivery.records import (
    INTERRUPTED,
    insert,
    record_failed,
    record_ready,
    settle,
    working_folder,
)
from campaign.delivery.session import Session, session
from campaign.errors import GroundswellError
from campaign.links import settings


@dataclass(frozen=True)
class Compiled:
    """A package that is ready."""

    number: int
    path: Path
    count: int
    first: int
    last: int


@dataclass(frozen=True)
class Begun:
    """A delivery being compiled in this process."""

    id: int
    number: int
    to: Target
    choice: Choice
    everything: bool
    made_by: str
    path: Path

    @property
    def folder(self) -> Path:
        """Where its files are made."""
        return working_folder(self.path, self.id)


def compile_delivery(
    slug: str, official_slug: str, out: Path, *, everything: bool = False, made_by: str
) -> Compiled:
    """Compile a package for an official: what they do not have yet, or everything.

    `out` is the new file, or a folder in which it gets its usual name. Waits while another
    process compiles for the same official. Raises NotFound, NothingNew, CannotWrite,
    KeyUnusable, DatabaseFailed; then no file is there and the delivery, if begun, is failed.
    """
    with session() as pg:
        to = target(pg, slug, official_slug)
        lock_pair(pg, to)
        settle(pg, to)
        _refuse_unusable(out)
        with pg.transaction():
            cut_off = lock_campaign(pg, to.campaign.id)
            choice = choose(pg, to, cut_off, everything=everything)
            id_, number = insert(pg, to, everything=everything, made_by=made_by)
            path = out.absolute() / usual_name(to, number) if out.is_dir() else out.absolute()
            begun = Begun(id_, number, to, choice, everything, made_by, path)
            _record_begun(pg, begun)
        _put_on_record(begun, "delivery requested")
        done = _finish(pg, begun)
    _put_on_record(begun, "delivery compiled", signatures=done.count)
    return done


def compile_row(pg: Session, to: Target, row: tuple[int, int, bool, str], path: Path) -> Compiled:
    """Compile a delivery that was requested: its id, number, whether everything, and by whom.

    Call with the official's lock. Raises as `compile_delivery` does; what was begun is failed then.
    """
    id_, number, everything, made_by = row
    with pg.transaction():
        cut_off = lock_campaign(pg, to.campaign.id)
        choice = choose(pg, to, cut_off, everything=everything)
        begun = Begun(id_, number, to, choice, everything, made_by, path)
        _record_begun(pg, begun)
    return _finish(pg, begun)


def usual_name(to: Target, number: int) -> str:
    """The file name of a package."""
    return f"{to.campaign.slug}-{to.official.slug}-{number}.zip"


def _record_begun(pg: Session, begun: Begun) -> None:
    """The delivery is being compiled, and this is where its package will be."""
    pg.execute(
        "UPDATE delivery SET state = 'compiling', cut_off = %s, file = %s WHERE id = %s",
        [begun.choice.cut_off, str(begun.path), begun.id],
    )


def _put_on_record(begun: Begun, what: str, **details: int) -> None:
    subject = f"delivery:{begun.to.campaign.slug}/{begun.number}"
    told = {"official": begun.to.official.slug, **details}
    record_alone(Actor(begun.made_by), what, subject, told)


def _finish(pg: Session, begun: Begun) -> Compiled:
    with _failing(pg, begun.id), _folder(begun), writing(begun.path):
        contents, numbers = _read(pg, begun)
        package = pack(contents, begun.folder, signing_key(settings().data_dir))
        pg.execute(
            """
            UPDATE delivery SET numbers = %s::int8multirange, row_count = %s, sha256 = %s
            WHERE id = %s
            """,
            [numbers, contents.count, archive.whole(package).sha256, begun.id],
        )
        publish(package, begun.path)
        record_ready(pg, begun.id)
    return Compiled(begun.number, begun.path, contents.count, contents.first, contents.last)


@contextlib.contextmanager
def _failing(pg: Session, delivery_id: int) -> Iterator[None]:
    """Record the delivery as failed when anything is raised."""
    try:
        yield
    except BaseException as error:
        reason = str(error) if isinstance(error, GroundswellError) else INTERRUPTED
        # Without the database nothing can be recorded; the next compilation settles it then.
        with contextlib.suppress(psycopg.Error):
            record_failed(pg, delivery_id, reason)
        raise


def _refuse_unusable(out: Path) -> None:
    with writing(out):
        if not out.parent.is_dir():
            raise FileNotFoundError
        if out.exists() and not out.is_dir():
            raise FileExistsError(None, "it exists already")


@contextlib.contextmanager
def _folder(begun: Begun) -> Iterator[None]:
    with writing(begun.path):
        begun.folder.mkdir(mode=0o700)
    try:
        yield
    finally:
        shutil.rmtree(begun.folder, ignore_errors=True)


def _read(pg: Session, begun: Begun) -> tuple[Contents, str]:
    """Write the table of signatures, and say what it holds, both as of one moment."""
    choice, to = begun.choice, begun.to
    with pg.transaction():
        pg.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        totals, texts = choice.totals(pg), choice.texts(pg)
        with (begun.folder / TABLE).open("wb") as file:
            written = write_csv(pg, choice.query, choice.values, file)
    if written != totals.count:
        raise CannotWrite(f"{written} rows were written where {totals.count} were counted")
    contents = Contents(
        campaign_slug=to.campaign.slug,
        campaign_title=to.campaign.title,
        official=to.official,
        delivery=begun.number,
        everything=begun.everything,
        cut_off=choice.cut_off,
        made_at=totals.made_at,
        made_by=begun.made_by,
        count=totals.count,
        first=totals.first,
        last=totals.last,
        texts=texts,
    )
    return contents, totals.numbers
