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
    " SELECT :kind, email, 'en', CAST(:shared AS jsonb) FROM account"
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
    _put_to_admins(connection, "staff-alert", {**shared, "link": absolute("/staff/")})


def tell_admins(connection: Connection, headline: str, what: str, path: str) -> None:
    """Mail every admin what became of a delivery, in the caller's transaction.

    `path` is the page of the workspace that says more.
    """
    shared = {"headline": headline, "what": what, "link": absolute(path)}
    _put_to_admins(connection, "staff-delivery", shared)


def _put_to_admins(connection: Connection, kind: str, shared: dict[str, str]) -> None:
    connection.execute(_PUT_TO_ADMINS, {"kind": kind, "shared": json.dumps(shared)})


def _put(kind: str, recipient: str, shared: dict[str, str]) -> None:
    values = {"kind": kind, "recipient": recipient, "shared": json.dumps(shared)}
    with db.engine.begin() as connection:
        connection.execute(_PUT, values)
    jobs.ring(jobs.SEND_MAIL)
