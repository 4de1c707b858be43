"""The state of the outbox, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from campaign.extensions import autocommit_engine

_COUNTS = text(
    """
    SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
        count(*) FILTER (WHERE state = 'sending') AS sending,
        count(*) FILTER (WHERE state = 'sent') AS sent,
        count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'held') AS held FROM outgoing_mail
    """
)
_LAG = text(
    """
    SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outgoing_mail
    WHERE state IN ('queued', 'sending')
    """
)


@dataclass(frozen=True)
class MailStatus:
    """How many mails are in each state, and how many seconds the oldest unsent one has waited.

    Held are those of signatures that are excluded or gone: nobody waits for them."""

    queued: int
    sending: int
    sent: int
    failed: int
    held: int
    oldest_seconds: float


def mail_status() -> MailStatus:
    """Count the outbox."""
    with autocommit_engine().connect() as connection:
        queued, sending, sent, failed, held = connection.execute(_COUNTS).one()
    return MailStatus(queued, sending, sent, failed, held, oldest_waiting())


def oldest_waiting() -> float:
    """Seconds that the oldest mail not sent yet has waited; 0 when none waits."""
    with autocommit_engine().connect() as connection:
        return float(connection.execute(_LAG).scalar_one())
