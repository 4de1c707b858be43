"""Changing an account: its name, its role, whether it may sign in. The last admin stays one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from campaign.accounts.adding import clean_name
from campaign.accounts.audit import Actor, record
from campaign.accounts.mailing import send_notice
from campaign.accounts.models import ROLES, new_identifier
from campaign.errors import Invalid, NotFound
from campaign.extensions import db

# Who changes roles takes turns: two admins who remove each other at once must not both succeed.
_TURN = text("SELECT pg_advisory_xact_lock(hashtext('account.role'))")
_FIND = text("SELECT id, email, role, active FROM account WHERE id = :id FOR UPDATE")
_OTHER_ADMINS = text(
    "SELECT count(*) FROM account WHERE role = 'admin' AND active AND password IS NOT NULL"
    " AND id <> :id"
)


@dataclass(frozen=True)
class _Found:
    id: int
    email: str
    role: str
    active: bool


def rename(account_id: int, name: str, *, actor: Actor) -> None:
    """Set the name that colleagues see. Raises Invalid or NotFound."""
    clean = clean_name(name)
    with db.engine.begin() as connection:
        found = _find(connection, account_id)
        _set(connection, found, "name = :name", name=clean)
        record(connection, actor, "account renamed", f"account:{found.email}")


def change_role(account_id: int, role: str, *, actor: Actor) -> None:
    """Give an account another role, which ends its sessions.

    Raises Invalid for an unknown role or the last admin, NotFound.
    """
    if role not in ROLES:
        raise Invalid({"role": "Choose organiser or admin."})
    with db.engine.begin() as connection:
        found = _find(connection, account_id)
        if role == found.role:
            return
        if found.role == "admin":
            _refuse_last_admin(connection, found)
        _set(connection, found, "role = :role", role=role)
        _sign_out(connection, found)
        details = {"from": found.role, "to": role}
        record(connection, actor, "role changed", f"account:{found.email}", details)


def set_active(account_id: int, *, active: bool, actor: Actor) -> None:
    """Disable an account, which ends its sessions, or enable it again.

    Raises Invalid for the last admin, NotFound.
    """
    with db.engine.begin() as connection:
        found = _find(connection, account_id)
        if active == found.active:
            return
        if found.role == "admin" and not active:
            _refuse_last_admin(connection, found)
        _set(connection, found, "active = :active", active=active)
        _sign_out(connection, found)
        what = "account enabled" if active else "account disabled"
        record(connection, actor, what, f"account:{found.email}")


def forget_factors(account_id: int, *, actor: Actor) -> None:
    """Take every second factor off an account whose owner has lost them, and sign it out.

    An admin is led to set up another at the next sign-in. Raises NotFound.
    """
    with db.engine.begin() as connection:
        found = _find(connection, account_id)
        _set(
            connection,
            found,
            "tf_primary_method = NULL, tf_totp_secret = NULL, tf_last_counter = NULL,"
            " mf_recovery_codes = NULL",
        )
        connection.execute(text("DELETE FROM passkey WHERE account_id = :id"), {"id": found.id})
        _sign_out(connection, found)
        record(connection, actor, "second factors removed", f"account:{found.email}")
    send_notice(found.email, "second factors removed")


def _find(connection: Connection, account_id: int) -> _Found:
    connection.execute(_TURN)
    row = connection.execute(_FIND, {"id": account_id}).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _Found(**row)


def _refuse_last_admin(connection: Connection, found: _Found) -> None:
    if not connection.execute(_OTHER_ADMINS, {"id": found.id}).scalar_one():
        raise Invalid({"role": "This is the last admin who can sign in. Make another one first."})


def _set(connection: Connection, found: _Found, what: str, **values: Any) -> None:
    connection.execute(
        text(f"UPDATE account SET {what} WHERE id = :id"), {**values, "id": found.id}
    )


def _sign_out(connection: Connection, found: _Found) -> None:
    _set(connection, found, "fs_uniquifier = :new", new=new_identifier())
    connection.execute(text("DELETE FROM staff_session WHERE account_id = :id"), {"id": found.id})
