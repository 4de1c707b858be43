"""The record of what was done: append-only, numbered without gaps, each entry sealing the last.

Every hash covers the entry and the hash before it (as in RFC 6962's predecessors, a linear hash
chain) and is keyed with a secret that is not in the database: whoever can write to the database
alone can neither change, remove nor insert an entry without the chain showing it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import JSONB

from campaign.extensions import db
from campaign.links import settings

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('audit_event'))")
_LAST = text(
    "SELECT number, hash, clock_timestamp() FROM (SELECT 1) AS one LEFT JOIN LATERAL"
    " (SELECT number, hash FROM audit_event ORDER BY number DESC LIMIT 1) AS last ON true"
)
_APPEND = text(
    "INSERT INTO audit_event (number, at, actor, address, action, subject, details, previous, hash)"
    " VALUES (:number, :at, :actor, :address, :action, :subject, CAST(:details AS jsonb),"
    " :previous, :hash)"
)
_PAGE = 5_000
_WALK = text(
    "SELECT number, at, actor, address, action, subject, details, previous, hash"
    f" FROM audit_event WHERE number > :after ORDER BY number LIMIT {_PAGE}"
).columns(details=JSONB)
_START = b""


@dataclass(frozen=True)
class Actor:
    """Who does something, and from which network address. `name` is the account's e-mail."""

    name: str
    address: str = ""


SYSTEM = Actor("system")


@dataclass(frozen=True)
class Verdict:
    """What a check of the whole record found: `broken` names the first wrong entry, if any."""

    entries: int
    head: str
    broken: str | None = None


def record(
    connection: Connection,
    actor: Actor,
    action: str,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> int:
    """Append an entry in the caller's transaction, so that it stands if and only if the act does.

    `subject` names a row (`campaign:night-buses`, `signature:17`); `details` must hold no personal
    datum of a supporter. Returns the entry's number. Entries of other transactions wait for this
    one to end, so record last.
    """
    _refuse_unkept(details or {})
    connection.execute(_LOCK)
    number, previous, at = connection.execute(_LAST).one()
    entry = {
        "number": (number or 0) + 1,
        "at": at,
        "actor": actor.name,
        "address": actor.address,
        "action": action,
        "subject": subject,
        "details": dict(details or {}),
    }
    before = previous if previous is not None else _START
    values = {**entry, "details": json.dumps(entry["details"]), "previous": before}
    connection.execute(_APPEND, {**values, "hash": _hash(entry, before)})
    return int(values["number"])


def _refuse_unkept(value: Any) -> None:
    """Raises TypeError for what jsonb would give back in other words than it got."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if not isinstance(name, str):
                raise TypeError("details of the record have names")
            _refuse_unkept(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_unkept(part)
    elif not isinstance(value, str | int | None):
        raise TypeError(f"the record cannot keep a {type(value).__name__}")


def record_alone(
    actor: Actor, action: str, subject: str = "", details: Mapping[str, Any] | None = None
) -> int:
    """Append an entry in a transaction of its own, for what has no other: a view, a sign-in."""
    with db.engine.begin() as connection:
        return record(connection, actor, action, subject, details)


def check() -> Verdict:
    """Walk the whole record. An entry that was changed, removed or put in breaks the chain.

    A record whose end was cut off is whole in itself: compare `entries` and `head` with those
    of an earlier check, which the nightly one writes to the log.
    """
    number, before = 0, _START
    with db.engine.connect() as connection:
        while rows := connection.execute(_WALK, {"after": number}).mappings().all():
            for row in rows:
                broken = _broken(dict(row), number + 1, before)
                if broken:
                    return Verdict(number, before.hex(), broken)
                number, before = row["number"], row["hash"]
    return Verdict(number, before.hex())


def _broken(row: dict[str, Any], expected: int, before: bytes) -> str | None:
    previous, found = row.pop("previous"), row.pop("hash")
    if row["number"] != expected:
        return f"entry {expected} is missing"
    if previous != before:
        return f"entry {expected} does not follow the one before it"
    if not hmac.compare_digest(_hash(row, before), found):
        return f"entry {expected} was changed"
    return None


def _hash(entry: Mapping[str, Any], previous: bytes) -> bytes:
    at: dt.datetime = entry["at"]
    plain = {**entry, "at": at.astimezone(dt.UTC).isoformat(timespec="microseconds")}
    body = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    key = hashlib.sha256(f"groundswell.audit:{settings().secret_key}".encode()).digest()
    return hmac.new(key, previous + body.encode(), hashlib.sha256).digest()
