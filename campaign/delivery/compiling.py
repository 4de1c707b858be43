"""Compiling deliveries: signatures become numbered, sealed packages, each exactly once.

A process may be killed at any moment: what it had begun is settled by the next one, which knows
by the database's lock that nobody is at it.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from campaign.accounts.audit import Actor, record_alone
from campaign.delivery.describing import Contents
from campaign.delivery.errors import CannotWrite, NothingNew
from campaign.delivery.exporting import write_csv
from campaign.delivery.files import publish, writing
from campaign.delivery.keys import signing_key
from campaign.delivery.numbering import Choice, Totals, choose
from campaign.delivery.packing import READING, TABLE, TIMES, pack
from campaign.delivery.progress import Progress
from campaign.delivery.records import (
    Begun,
    becoming_ready,
    claim,
    insert,
    record_numbered,
    record_packed,
    tell,
)
from campaign.delivery.session import Session, one, session
from campaign.delivery.settling import settle, settled
from campaign.delivery.targets import find_cut_off, lock_campaign, lock_pair, target
from campaign.delivery.wishing import Wish
from campaign.links import absolute, settings


@dataclass(frozen=True)
class Compiled:
    """A package that is ready."""

    number: int
    path: Path
    count: int
    first: int
    last: int


def compile_delivery(slug: str, wish: Wish, out: Path, *, made_by: str) -> Compiled:
    """Compile a package for an official: what they do not have yet, or everything.

    `out` is the new file, or a folder in which it gets its usual name. Waits while another
    process compiles for the same official. Raises NotFound, NothingNew, CannotWrite, Gone,
    KeyUnusable, DatabaseFailed; then no file is there and the delivery, if begun, is failed.
    """
    with session() as pg:
        to = target(pg, slug, wish.official)
        lock_pair(pg, to)
        settle(to)
        _refuse_unusable(out)
        with pg.transaction():
            lock_campaign(pg, to.campaign.id)
            choice = choose(pg, to, find_cut_off(pg, wish.cut_off), wish)
            id_, number = insert(pg, to, wish, made_by)
            name = f"{to.campaign.slug}-{to.official.slug}-{number}.zip"
            path = out.absolute() / name if out.is_dir() else out.absolute()
            begun = Begun(id_, number, to, wish, made_by, path, Actor(made_by))
            claim(pg, begun)
            record_numbered(pg, begun, choice)
        with settled(begun):
            record_alone(begun.actor, "delivery requested", begun.subject, wish.details())
            return _finish(pg, begun, choice)


def compile_requested(pg: Session, begun: Begun) -> Compiled:
    """Compile a delivery that was requested. Call with the official's lock.

    Raises as `compile_delivery` does; the row tells then what becomes of it.
    """
    claim(pg, begun)
    with settled(begun):
        # Whoever was addressed when it was requested may not be any more.
        target(pg, begun.to.campaign.slug, begun.to.official.slug)
        with writing(begun.path):
            begun.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with pg.transaction():
            lock_campaign(pg, begun.to.campaign.id)
            cut_off = find_cut_off(pg, begun.wish.cut_off)
            choice = choose(pg, begun.to, cut_off, begun.wish)
            record_numbered(pg, begun, choice)
        return _finish(pg, begun, choice)


def _finish(pg: Session, begun: Begun, choice: Choice) -> Compiled:
    progress = Progress(partial(tell, begun))
    with _folder(begun), writing(begun.path):
        contents, totals = _read(pg, begun, choice, progress)
        packed = pack(contents, begun.folder, signing_key(settings().data_dir), progress)
        record_packed(pg, begun, totals, packed)
        with becoming_ready(begun, contents.count):
            publish(packed.path, begun.path)
    return Compiled(begun.number, begun.path, contents.count, contents.first, contents.last)


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


def _read(pg: Session, begun: Begun, choice: Choice, progress: Progress) -> tuple[Contents, Totals]:
    """Write the table of signatures, and say what it holds, both as of one moment."""
    to = begun.to
    with pg.transaction():
        pg.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        totals, texts = choice.totals(pg), choice.texts(pg)
        if not totals.count:
            raise NothingNew("everybody whose signature it was to hold has left meanwhile")
        progress.total = totals.count * TIMES
        progress.begin(READING, totals.count)
        ask = one(pg, "SELECT ask FROM campaign WHERE id = %s", [to.campaign.id]).ask
        with (begun.folder / TABLE).open("wb") as file:
            written = write_csv(pg, choice.query, choice.values, file, progress.advance)
    if written != totals.count:
        raise CannotWrite(f"{written} rows were written where {totals.count} were counted")
    contents = Contents(
        campaign_slug=to.campaign.slug,
        campaign_title=to.campaign.title,
        official=to.official,
        delivery=begun.number,
        everything=begun.wish.everything,
        cut_off=choice.cut_off,
        made_at=totals.made_at,
        made_by=begun.made_by,
        count=totals.count,
        first=totals.first,
        last=totals.last,
        texts=texts,
        ask=ask,
        page=absolute(f"/campaigns/{to.campaign.slug}/deliveries"),
        slice=choice.slice,
        paper_count=totals.paper_count,
        paper=tuple((low, high) for low, high in totals.paper),
    )
    return contents, totals
