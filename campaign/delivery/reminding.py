"""Reminding admins of deliveries that nobody has acknowledged for a week."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from campaign import jobs
from campaign.accounts.mailing import tell_admins
from campaign.extensions import db

SHOWN = 50
_LATE = "d.state = 'sent' AND d.sent_at < now() - interval '7 days'"
_ABOUT = """
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id JOIN official o ON o.id = d.official_id
"""
_LIST = text(
    f"""
    SELECT c.slug, c.title, d.number, o.name, d.sent_at {_ABOUT}
    WHERE {_LATE} ORDER BY d.sent_at, d.id LIMIT {SHOWN}
    """
)
_REMIND = text(
    f"""
    WITH due AS (
        SELECT d.id FROM delivery d
        WHERE {_LATE} AND (d.reminded_at IS NULL OR d.reminded_at < now() - interval '7 days')
        ORDER BY d.id FOR UPDATE SKIP LOCKED
    ), reminded AS (
        UPDATE delivery SET reminded_at = now() WHERE id IN (SELECT id FROM due)
    )
    SELECT c.slug, c.title, d.number, o.name, d.sent_at {_ABOUT}
    WHERE d.id IN (SELECT id FROM due) ORDER BY d.sent_at, d.id
    """
)


@dataclass(frozen=True)
class Unacknowledged:
    """A delivery that was sent a week ago or earlier, and not acknowledged."""

    slug: str
    title: str
    number: int
    name: str
    sent_at: dt.datetime


def unacknowledged() -> list[Unacknowledged]:
    """Those that nobody has acknowledged for a week, the oldest first."""
    with db.engine.connect() as connection:
        return [Unacknowledged(**row) for row in connection.execute(_LIST).mappings()]


def remind_admins() -> int:
    """Mail the admins about those, each once a week. Returns how many."""
    with db.engine.begin() as connection:
        found = [Unacknowledged(**row) for row in connection.execute(_REMIND).mappings()]
        if found:
            several = f"{len(found)} deliveries are" if len(found) > 1 else "A delivery is"
            lines = [f"{one.title}: delivery {one.number} to {one.name}" for one in found[:SHOWN]]
            what = "Nobody has acknowledged for a week or longer:\n\n" + "\n".join(lines)
            tell_admins(connection, f"{several} not acknowledged", what, "/staff/")
    if found:
        jobs.ring(jobs.SEND_MAIL)
    return len(found)
