"""The row of a delivery, written by the process that compiles it.

That process names the file of its package, which no other attempt has: nothing of its is recorded
once the row is cancelled, or others have taken it over.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from campaign.accounts.audit import Actor, record
from campaign.delivery import archive, leaves
from campaign.delivery.errors import Gone
from campaign.delivery.numbering import Choice, Totals
from campaign.delivery.packing import Packed
from campaign.delivery.session import Session, one
from campaign.delivery.targets import Target
from campaign.delivery.wishing import Wish
from campaign.extensions import db

# Whoever inserts takes turns with the others, but never waits for the numbers of signatures.
TURN = "SELECT pg_advisory_xact_lock(hashtextextended('deliveries of ' || %(campaign)s::bigint, 0))"
INSERT = """
INSERT INTO delivery (campaign_id, official_id, number, made_by, again_id,
    everything, countries, postcodes, asked_cut_off)
SELECT %(campaign)s, %(official)s, coalesce(max(number), 0) + 1, %(made_by)s, %(again)s::bigint,
    %(everything)s, %(countries)s::varchar[], %(postcodes)s::varchar[],
    %(asked_cut_off)s::timestamptz
FROM delivery WHERE campaign_id = %(campaign)s
RETURNING id, number
"""
_CLAIM = """
UPDATE delivery SET state = 'compiling', file = %(file)s, attempts = attempts + 1, error = NULL,
    step = 'Giving numbers', done = 0, total = NULL
WHERE id = %(id)s AND state = 'requested' RETURNING id
"""
_MINE = "WHERE id = %(id)s AND state = 'compiling' AND file = %(file)s RETURNING id"
_NUMBERED = f"UPDATE delivery SET cut_off = %(cut_off)s {_MINE}"
_PACKED = f"""
UPDATE delivery SET numbers = %(numbers)s::int8multirange, row_count = %(count)s,
    paper_numbers = %(paper_numbers)s::int8multirange, size = %(size)s, sha256 = %(sha256)s,
    root = %(root)s, statement = %(statement)s
{_MINE}
"""
_IF_MINE = "WHERE id = :id AND state = 'compiling' AND file = :file"
_TELL = text(f"UPDATE delivery SET step = :step, done = :done, total = :total {_IF_MINE}")
_LOCK = text(f"SELECT FROM delivery {_IF_MINE} FOR UPDATE")
READY = "UPDATE delivery SET state = 'ready', ready_at = now(), step = '', error = NULL"
_READY = text(f"{READY} WHERE id = :id")


@dataclass(frozen=True)
class Begun:
    """A delivery being compiled in this process; its package is going to be at `path`.

    `actor` compiles it. `waits` when it can be begun again later: nobody stands and waits for it.
    """

    id: int
    number: int
    to: Target
    wish: Wish
    made_by: str
    path: Path
    actor: Actor
    waits: bool = False

    @property
    def folder(self) -> Path:
        """Where its files are made."""
        return working_folder(self.path, self.id)

    @property
    def subject(self) -> str:
        """What the record calls it."""
        return f"delivery:{self.to.campaign.slug}/{self.number}"


def working_folder(path: Path, delivery_id: int) -> Path:
    """Where the package that is to be at `path` is made: out of sight, in its file system."""
    return path.parent / f".{path.name}.{delivery_id}.part"


def insert(pg: Session, to: Target, wish: Wish, made_by: str) -> tuple[int, int]:
    """A new delivery, requested. Returns its id and number. Call it in a transaction."""
    whose = {"campaign": to.campaign.id, "official": to.official_id}
    pg.execute(TURN, whose)
    row = one(pg, INSERT, {**whose, "made_by": made_by, "again": None, **wish.values})
    return row.id, row.number


def claim(pg: Session, begun: Begun) -> None:
    """The delivery is being compiled, and that is where its package will be. Raises Gone."""
    _record(pg, _CLAIM, begun)


def record_numbered(pg: Session, begun: Begun, choice: Choice) -> None:
    """Its numbers are given. Raises Gone."""
    _record(pg, _NUMBERED, begun, cut_off=choice.cut_off)


def record_packed(pg: Session, begun: Begun, totals: Totals, packed: Packed) -> None:
    """What the package holds, so that after a crash it can be recognised. Raises Gone."""
    values: dict[str, object] = {"numbers": totals.numbers, "paper_numbers": totals.paper_numbers}
    values |= {"count": totals.count, "root": packed.root, "statement": packed.statement}
    whole = archive.whole(packed.path)
    with pg.transaction():
        _record(pg, _PACKED, begun, **values, **vars(whole))
        leaves.store(pg, begun.to.campaign.id, begun.id, begun.folder)


def _record(pg: Session, query: str, begun: Begun, **values: object) -> None:
    values |= {"id": begun.id, "file": str(begun.path)}
    if pg.execute(query, values).fetchone() is None:
        raise Gone


def tell(begun: Begun, step: str, done: int, total: int) -> None:
    """How far it is, for others to see at once. Raises Gone."""
    values = {"id": begun.id, "file": str(begun.path), "step": step, "done": done, "total": total}
    with db.engine.begin() as connection:
        if not connection.execute(_TELL, values).rowcount:
            raise Gone


@contextlib.contextmanager
def becoming_ready(begun: Begun, count: int) -> Iterator[None]:
    """Within, the package may become visible: nobody can cancel it any more. Raises Gone."""
    values = {"id": begun.id, "file": str(begun.path)}
    with db.engine.begin() as connection:
        if connection.execute(_LOCK, values).one_or_none() is None:
            raise Gone
        yield
        connection.execute(_READY, values)
        record(connection, begun.actor, "delivery compiled", begun.subject, {"rows": count})
