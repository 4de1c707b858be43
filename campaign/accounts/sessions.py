"""Sessions: which browsers are signed in. The cookie alone proves nothing once its row is gone."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from campaign.accounts.audit import Actor, record
from campaign.accounts.forgetting import ALIVE
from campaign.accounts.models import Account, StaffSession
from campaign.extensions import db

_LONGEST_BROWSER = 200

_BEGIN = text(
    "WITH seen AS (UPDATE account SET signed_in_at = now() WHERE id = :account_id)"
    " INSERT INTO staff_session (key, account_id, address, browser)"
    " VALUES (:key, :account_id, :address, :browser)"
)
_SEEN = text(
    "UPDATE staff_session SET seen_at = now()"
    " WHERE key = :key AND seen_at < now() - interval '1 minute'"
)
_ALIVE = text(ALIVE)


def begin_session(account_id: int, *, address: str, browser: str) -> str:
    """Sign a browser in. Returns the secret for its cookie."""
    secret = secrets.token_urlsafe(32)
    values = {
        "key": _key(secret),
        "account_id": account_id,
        "address": address,
        "browser": browser[:_LONGEST_BROWSER],
    }
    with db.engine.begin() as connection:
        connection.execute(_BEGIN, values)
    return secret


def find_session(secret: str, uniquifier: str) -> Account | None:
    """The account that is signed in with `secret`, if it still is and may be."""
    key = _key(secret)
    found = db.session.scalar(
        select(Account)
        .join(StaffSession, StaffSession.account_id == Account.id)
        .where(StaffSession.key == key, Account.fs_uniquifier == uniquifier, Account.active, _ALIVE)
        .options(selectinload(Account.webauthn))
    )
    if found is not None:
        with db.engine.begin() as connection:
            connection.execute(_SEEN, {"key": key})
    return found


def end_session(secret: str) -> None:
    """Sign the browser with `secret` out."""
    with db.engine.begin() as connection:
        connection.execute(
            text("DELETE FROM staff_session WHERE key = :key"), {"key": _key(secret)}
        )


@dataclass(frozen=True)
class Session:
    """A browser that is signed in."""

    begun_at: dt.datetime
    seen_at: dt.datetime
    address: str
    browser: str
    this: bool


def sessions_of(account_id: int, secret: str = "") -> list[Session]:
    """The sessions of an account that are alive, the latest first; `this` is that of `secret`."""
    found = db.session.execute(
        select(
            StaffSession.begun_at,
            StaffSession.seen_at,
            StaffSession.address,
            StaffSession.browser,
            (StaffSession.key == _key(secret)).label("this"),
        )
        .where(StaffSession.account_id == account_id, _ALIVE)
        .order_by(StaffSession.seen_at.desc())
    )
    return [Session(**row._asdict()) for row in found]


def end_others(account_id: int, secret: str, *, actor: Actor) -> int:
    """End every session of an account but that of `secret` (all, if empty). Returns how many."""
    with db.engine.begin() as connection:
        ended = connection.execute(
            text("DELETE FROM staff_session WHERE account_id = :id AND key <> :key RETURNING 1"),
            {"id": account_id, "key": _key(secret)},
        ).rowcount
        if ended:
            email = connection.scalar(
                text("SELECT email FROM account WHERE id = :id"), {"id": account_id}
            )
            record(connection, actor, "sessions ended", f"account:{email}", {"sessions": ended})
    return int(ended)


def _key(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
