"""Revisions: who saved when, and that nobody saves over what they have not seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from campaign.content.drafts import Draft
from campaign.content.mistakes import quoted
from campaign.content.models import ContentRevision, Revised
from campaign.errors import NotFound, Stale
from campaign.extensions import db

Row = TypeVar("Row", bound=Revised)
Content = dict[str, Any]


@dataclass(frozen=True)
class Saved:
    """What became of a save: `outcome` is added, updated or unchanged."""

    slug: str
    outcome: str
    revision: int
    note: str = ""


@dataclass(frozen=True)
class Revision:
    """One save that is kept."""

    number: int
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Opened:
    """What a form starts from."""

    values: Content
    revision: int
    by: str
    at: dt.datetime


def opened(model: type[Row], slug: str, read: Callable[[Session, str], Content | None]) -> Opened:
    """The row `slug` as the values of its form, and who saved it last. Raises NotFound."""
    with Session(db.engine) as session:
        chosen = select(model).where(model.__table__.c.slug == slug)  # type: ignore[attr-defined]
        row, values = session.scalar(chosen), read(session, slug)
        if row is None or values is None:
            raise NotFound
        return Opened(values, row.revision, row.updated_by, row.updated_at)


def lock(session: Session, model: type[Row], slug: str, revision: int) -> Row:
    """The row `slug`, locked, if it still is at `revision`.

    Raises NotFound, and Stale when somebody else has saved since.
    """
    chosen = select(model).where(model.__table__.c.slug == slug)  # type: ignore[attr-defined]
    locked = chosen.with_for_update(key_share=True, of=model)
    row = session.scalars(locked).one_or_none()
    if row is None:
        raise NotFound
    if row.revision != revision:
        raise Stale(row.updated_by, row.updated_at)
    return row


def note_taken(session: Session, model: type[Row], draft: Draft) -> None:
    """Note as a mistake that the slug of a draft, meant for a new row, has one already."""
    slug = model.__table__.c.slug  # type: ignore[attr-defined]
    if draft.fields and session.scalar(select(slug).where(slug == draft.slug)):
        draft.fields.wrong("slug", f"{quoted(draft.slug)} is in use already")


def keep(
    session: Session,
    row: Revised,
    subject: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    *,
    by: str,
) -> int:
    """Count a save of `row` that changed something, and keep what it saved. Returns its number.

    `before` is None for a new row. What was stored before saves were kept is kept now.
    """
    if before is not None:
        last = {"revision": row.revision, "saved_by": row.updated_by, "saved_at": row.updated_at}
        adding = insert(ContentRevision).values(subject=subject, content=dict(before), **last)
        session.execute(adding.on_conflict_do_nothing())
        row.revision += 1
    row.updated_by, row.updated_at = by, func.now()
    kept = {"revision": row.revision, "saved_by": by, "content": dict(after)}
    session.add(ContentRevision(subject=subject, **kept))
    session.flush()
    return row.revision


def changed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """The names of the fields that are not as they were."""
    return [name for name in after if before is None or before.get(name) != after[name]]


def revisions(subject: str) -> list[Revision]:
    """Every save of `subject` that is kept, the newest first."""
    chosen = select(ContentRevision.revision, ContentRevision.saved_by, ContentRevision.saved_at)
    of = chosen.where(ContentRevision.subject == subject)
    rows = db.session.execute(of.order_by(ContentRevision.revision.desc()))
    return [Revision(*row) for row in rows]


def content_of(subject: str, revision: int) -> Content:
    """What that save saved. Raises NotFound."""
    found = db.session.get(ContentRevision, (subject, revision))
    if found is None:
        raise NotFound
    return found.content
