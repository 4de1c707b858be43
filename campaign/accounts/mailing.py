"""Mails to staff, through the same outbox as those to supporters."""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.extensions import db
from campaign.links import absolute

_PUT = text(
    "INSERT INTO outgoing_mail (kind, recipient, language, shared)"
    " VALUES (:kind, :recipient, 'en', CAST(:shared AS jsonb))"
)
_PUT_TO_ADMINS = text(
    "INSERT INTO outgoing_mail (kind, recipient, language, shared)"
    " SELECT 'staff-alert', email, 'en', CAST(:shared AS jsonb) FROM account"
    " WHERE role = 'admin' AND active AND password IS NOT NULL"
)


def send_link(kind: str, recipient: str, link: str) -> None:
    """Send `recipient` a mail of `kind` around `link`."""
    _put(kind, recipient, {"link": link})


def send_notice(recipient: str, what: str) -> None:
    """Tell the owner of an account what was changed on it, in case it was somebody else."""
    _put("staff-notice", recipient, {"what": what, "link": absolute("/staff/reset")})


def alert_admins(connection: Connection, shared: dict[str, str]) -> None:
    """Mail every admin that signatures come in unusually fast, in the caller's transaction."""
    values = {"shared": json.dumps({**shared, "link": absolute("/staff/")})}
    connection.execute(_PUT_TO_ADMINS, values)


def _put(kind: str, recipient: str, shared: dict[str, str]) -> None:
    values = {"kind": kind, "recipient": recipient, "shared": json.dumps(shared)}
    with db.engine.begin() as connection:
        connection.execute(_PUT, values)
    jobs.ring(jobs.SEND_MAIL)
