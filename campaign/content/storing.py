"""Putting content into the database: one import at a time, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.extensions import Model, db

ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"

# Any number will do as long as nothing else uses it.
_IMPORT_LOCK = 0x6772_6F75_6E64

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Imported:
    """What became of one file: `outcome` is added, updated or unchanged."""

    slug: str
    outcome: str
    note: str = ""


@contextmanager
def importing() -> Iterator[Session]:
    """A transaction that is committed at the end. Imports wait for one another.

    Two imports may name the same officials in a different order: taking turns, they cannot
    deadlock. Nobody who signs or reads waits for an import.
    """
    with Session(db.engine) as session, session.begin():
        session.execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK)))
        yield session


def put(
    session: Session, model: type[M], values: dict[str, Any], first: dict[str, Any] | None = None
) -> tuple[M, str]:
    """Add a row, or update the one that has the same slug.

    `first` holds values for a new row alone. Returns the row, locked until the transaction
    ends, and the outcome.
    """
    slug = model.__table__.c.slug
    adding = insert(model).values(**(first or {}), **values)
    added = session.scalar(adding.on_conflict_do_nothing(index_elements=[slug]).returning(slug))
    # Not FOR UPDATE: that would make everybody wait who signs this campaign.
    found = select(model).where(slug == values["slug"]).with_for_update(key_share=True, of=model)
    row = session.scalars(found.execution_options(populate_existing=True)).one()
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    return row, ADDED if added else UPDATED if changed else UNCHANGED


def containing(search: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether one of `columns` contains what was searched for, as a condition for a query."""
    # No text in the database has this character, and the driver refuses to send it.
    words = search.replace("\0", "").split()
    each = [or_(*(c.icontains(word, autoescape=True) for c in columns)) for word in words]
    return and_(true(), *each)
