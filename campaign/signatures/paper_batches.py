"""Looking at what was collected on paper: batches, and the rows of one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, text

from campaign.accounts.audit import Actor, record
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.signatures.addresses import canonical_address
from campaign.signatures.finding import campaign_of
from campaign.signatures.models_paper import STATES

PAGE = 50
_LARGEST = (1 << 63) - 1
_BATCH = """
    SELECT b.id, b.name, b.made_by, b.created_at, b.added, b.duplicate, b.refused, b.undone_at,
        b.undone_by, t.version AS text_version
    FROM paper_batch b JOIN pledge_text t ON t.id = b.pledge_text_id
    WHERE b.campaign_id = :campaign_id
"""
_ALL = text(f"{_BATCH} AND b.id < :before ORDER BY b.id DESC LIMIT {PAGE + 1}")
_ONE = text(f"{_BATCH} AND b.id = :batch_id")
_STANDS = ", ".join(f"count(*) FILTER (WHERE p.state = '{s}') AS {s}" for s in STATES)
_STANDING = text(
    f"""
    SELECT {_STANDS}, count(n.number) AS delivered
    FROM paper_signature p LEFT JOIN delivery_number n ON n.paper_signature_id = p.id
    WHERE p.batch_id = :batch_id
    """
)
_ROW = """
    SELECT p.id, p.line, p.name, p.postcode, p.country, p.signed_on, p.comment, p.email, p.state,
        n.number
    FROM paper_signature p LEFT JOIN delivery_number n ON n.paper_signature_id = p.id
    WHERE p.batch_id = :batch_id
"""
_ROWS = text(f"{_ROW} AND p.line > :after ORDER BY p.line LIMIT {PAGE + 1}")
_FOUND = text(
    f"""{_ROW} AND (position(lower(:q) IN lower(p.name)) > 0 OR p.email_canonical = :address)
    ORDER BY p.line LIMIT {PAGE + 1}"""
)
_PERSON = text(f"{_ROW} AND p.id = :id")


@dataclass(frozen=True)
class Batch:
    """The lines of one file, and what became of them when it came."""

    id: int
    name: str
    made_by: str
    created_at: dt.datetime
    added: int
    duplicate: int
    refused: int
    undone_at: dt.datetime | None
    undone_by: str | None
    text_version: int


@dataclass(frozen=True)
class Stands:
    """How many rows of a batch are in each state now, and how many were delivered."""

    counted: int
    undone: int
    superseded: int
    erased: int
    delivered: int


@dataclass(frozen=True)
class Row:
    """One person on paper. `number` is theirs in deliveries, if they were in one."""

    id: int
    line: int
    name: str
    postcode: str
    country: str
    signed_on: dt.date
    comment: str
    email: str
    state: str
    number: int | None

    @property
    def named(self) -> bool:
        """Whether anything personal is left."""
        return self.state in ("counted", "superseded") and bool(self.name)


def batches(slug: str, *, before: int = _LARGEST) -> list[Batch]:
    """Up to a page of a campaign's batches and one more, the latest first. Raises NotFound."""
    with db.engine.connect() as connection:
        values = {"campaign_id": campaign_of(connection, slug), "before": before}
        return [Batch(**row) for row in connection.execute(_ALL, values).mappings()]


def batch(slug: str, batch_id: int) -> tuple[Batch, Stands]:
    """One batch of a campaign, and how its rows stand now. Raises NotFound."""
    with db.engine.connect() as connection:
        found = _one(connection, slug, batch_id)
        row = connection.execute(_STANDING, {"batch_id": batch_id}).mappings().one()
        return found, Stands(**row)


def rows(slug: str, batch_id: int, *, after: int = 0, q: str = "", actor: Actor) -> list[Row]:
    """Up to a page of the rows of a batch and one more, in the order of the file.

    With `q`, those whose name holds it, or whose address it is. That they were looked at goes on
    record. Raises NotFound.
    """
    # No name holds a NUL, which PostgreSQL would refuse to compare with.
    q = q.strip().replace("\x00", "")
    with db.engine.begin() as connection:
        _one(connection, slug, batch_id)
        values = {"batch_id": batch_id, "after": after, "q": q, "address": canonical_address(q)}
        found = connection.execute(_FOUND if q else _ROWS, values).mappings().all()
        details = {
            "campaign": slug,
            "shown": min(PAGE, len(found)),
            "searched": "yes" if q else "no",
        }
        record(connection, actor, "paper viewed", f"paper:{batch_id}", details)
    return [Row(**row) for row in found]


def row(slug: str, batch_id: int, row_id: int, *, actor: Actor) -> Row:
    """One row of a batch. That it was looked at goes on record. Raises NotFound."""
    with db.engine.begin() as connection:
        _one(connection, slug, batch_id)
        values = {"batch_id": batch_id, "id": row_id}
        found = connection.execute(_PERSON, values).mappings().one_or_none()
        if found is None:
            raise NotFound
        details = {"campaign": slug, "row": row_id}
        record(connection, actor, "paper viewed", f"paper:{batch_id}", details)
    return Row(**found)


def _one(connection: Connection, slug: str, batch_id: int) -> Batch:
    values = {"campaign_id": campaign_of(connection, slug), "batch_id": batch_id}
    found = connection.execute(_ONE, values).mappings().one_or_none()
    if found is None:
        raise NotFound
    return Batch(**found)
