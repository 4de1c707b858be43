"""Adding an account: with a password, or by an invitation that lets its owner choose one."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import text

from campaign.accounts.audit import SYSTEM, Actor, record
from campaign.accounts.models import ROLES, new_identifier
from campaign.accounts.passwords import hash_password
from campaign.errors import Invalid
from campaign.extensions import db
from campaign.mail.addresses import clean_address

LONGEST_NAME = 120
_ADD = text(
    "INSERT INTO account (email, name, role, password, demo, fs_uniquifier,"
    " fs_webauthn_user_handle) VALUES (:email, :name, :role, :password, :demo, :sessions, :handle)"
    " ON CONFLICT (email) DO NOTHING RETURNING id"
)


def add_account(
    email: str,
    role: str,
    *,
    password: str | None = None,
    name: str = "",
    demo: bool = False,
    actor: Actor = SYSTEM,
) -> int:
    """Add an account and return its id. Without a password, its owner must be sent a link.

    Raises Invalid for an address, role, name or password that is not acceptable, and for an
    address that has an account already.
    """
    values = _checked(email, role, password, name)
    with db.engine.begin() as connection:
        found = connection.execute(
            _ADD,
            {**values, "demo": demo, "sessions": new_identifier(), "handle": new_identifier()},
        ).scalar()
        if found is None:
            raise Invalid({"email": "There is an account with this address already."})
        record(connection, actor, "account added", f"account:{values['email']}", {"role": role})
    return int(found)


def _checked(email: str, role: str, password: str | None, name: str) -> dict[str, Any]:
    wrong = {}
    address = ""
    try:
        address = clean_address(email).lower()
    except ValueError as error:
        wrong["email"] = str(error)
    if role not in ROLES:
        wrong["role"] = "Choose organiser or admin."
    try:
        name = clean_name(name)
    except Invalid as error:
        wrong.update(error.fields)
    hashed = None
    if password is not None:
        try:
            hashed = hash_password(password, email=address)
        except Invalid as error:
            wrong.update(error.fields)
    if wrong:
        raise Invalid(wrong)
    return {"email": address, "role": role, "name": name, "password": hashed}


def clean_name(name: str) -> str:
    """The name as it is kept. Raises Invalid."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": f"Use at most {LONGEST_NAME} characters."})
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in name):
        raise Invalid({"name": "Use letters and ordinary punctuation only."})
    return name
