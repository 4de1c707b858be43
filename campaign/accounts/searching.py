"""Searching the record of what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from campaign.accounts.models import AuditEvent
from campaign.extensions import db

PAGE = 50
_STREAM = 2_000


@dataclass(frozen=True)
class Wanted:
    """Which entries: each field that is not empty must match. Of `actor`, `subject` and `address`,
    the network address, the beginning is enough."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    address: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.action:
            found.append(AuditEvent.action == self.action)
        for column, beginning in (
            (AuditEvent.actor, self.actor.lower()),
            (AuditEvent.subject, self.subject),
            (AuditEvent.address, self.address.lower()),
        ):
            if beginning:
                found.append(column.startswith(beginning.strip(), autoescape=True))
        if self.since:
            found.append(AuditEvent.at >= _midnight(self.since))
        if self.until:
            found.append(AuditEvent.at < _midnight(self.until + dt.timedelta(days=1)))
        return found


def search(wanted: Wanted, *, before: int | None = None) -> list[AuditEvent]:
    """Up to a page of entries and one more, the latest first, from before number `before`."""
    chosen = select(AuditEvent).where(*wanted.conditions())
    if before is not None:
        chosen = chosen.where(AuditEvent.number < before)
    return list(db.session.scalars(chosen.order_by(AuditEvent.number.desc()).limit(PAGE + 1)))


def everything(wanted: Wanted) -> Iterator[AuditEvent]:
    """All entries that match, the earliest first, a few at a time in memory."""
    after = 0
    while True:
        chosen = (
            select(AuditEvent)
            .where(*wanted.conditions(), AuditEvent.number > after)
            .order_by(AuditEvent.number)
            .limit(_STREAM)
        )
        found = list(db.session.scalars(chosen))
        yield from found
        if len(found) < _STREAM:
            return
        after = found[-1].number
        db.session.expunge_all()


def actions() -> list[str]:
    """Every kind of action that is on record."""
    return list(db.session.scalars(select(AuditEvent.action).distinct().order_by("action")))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
