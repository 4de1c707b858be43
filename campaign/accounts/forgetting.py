"""Forgetting what is of no more use, and could only be of harm."""

from __future__ import annotations

from sqlalchemy import text

from campaign.extensions import db

LONGEST_HOURS = 12
IDLE_HOURS = 2
# When a session may still be used, as SQL.
ALIVE = (
    f"staff_session.begun_at > now() - interval '{LONGEST_HOURS} hours'"
    f" AND staff_session.seen_at > now() - interval '{IDLE_HOURS} hours'"
)
_SESSIONS = text(f"DELETE FROM staff_session WHERE NOT ({ALIVE})")
_LINKS = text(
    "UPDATE outgoing_mail SET shared = '{}' WHERE kind IN ('staff-reset', 'staff-invitation')"
    " AND state IN ('sent', 'failed') AND shared <> '{}'"
)


def forget_ended_sessions() -> None:
    """Delete the rows of sessions that nobody can use any more."""
    with db.engine.begin() as connection:
        connection.execute(_SESSIONS)


def forget_links() -> None:
    """Drop the links out of mails that were sent or given up: each opened an account."""
    with db.engine.begin() as connection:
        connection.execute(_LINKS)
