"""Alerts about spikes: what is open, and dismissing it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from campaign.accounts.audit import Actor, record
from campaign.errors import NotFound
from campaign.extensions import db

SHOWN = 50
_OPEN = text(
    f"""
    SELECT a.id, c.slug, c.title, a.kind, a.subject, a.since, a.signatures, a.usual, a.seen_at
    FROM alert a JOIN campaign c ON c.id = a.campaign_id
    WHERE a.dismissed_at IS NULL ORDER BY a.raised_at DESC, a.id DESC LIMIT {SHOWN}
    """
)
_COUNTS = text(
    """
    SELECT c.title, count(*) FROM alert a JOIN campaign c ON c.id = a.campaign_id
    WHERE a.dismissed_at IS NULL GROUP BY c.id ORDER BY c.title
    """
)
_DISMISS = text(
    """
    UPDATE alert SET dismissed_at = now(), dismissed_by = :actor
    WHERE id = :id AND dismissed_at IS NULL RETURNING id
    """
)
_EXISTS = text("SELECT 1 FROM alert WHERE id = :id")


@dataclass(frozen=True)
class OpenAlert:
    """A spike that nobody has dismissed yet: `subject` is a domain or a network key."""

    id: int
    slug: str
    title: str
    kind: str
    subject: str
    since: dt.datetime
    signatures: int
    usual: float
    seen_at: dt.datetime

    @property
    def condition(self) -> dict[str, str]:
        """What finds its signatures."""
        return {self.kind: self.subject, "since": f"{self.since:%Y-%m-%dT%H:%M}"}


def open_alerts() -> list[OpenAlert]:
    """The alerts nobody has dismissed, for admins."""
    with db.engine.connect() as connection:
        return [OpenAlert(**row) for row in connection.execute(_OPEN).mappings()]


def alert_counts() -> list[tuple[str, int]]:
    """Titles of the campaigns that have open alerts, and how many: all that organisers see."""
    with db.engine.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(_COUNTS)]


def dismiss(alert_id: int, *, actor: Actor) -> bool:
    """Dismiss an alert. Returns whether it was open; raises NotFound."""
    with db.engine.begin() as connection:
        values = {"id": alert_id, "actor": actor.name}
        if connection.execute(_DISMISS, values).scalar_one_or_none() is None:
            if connection.execute(_EXISTS, values).scalar_one_or_none() is None:
                raise NotFound
            return False
        record(connection, actor, "alert dismissed", f"alert:{alert_id}")
    return True
