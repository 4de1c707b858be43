"""Changes of how an account is opened: each goes on record, and its owner is told by mail."""

from __future__ import annotations

from typing import Any

from flask import Flask, session
from flask_security import (
    UserMixin,
    password_changed,
    password_reset,
    tf_code_confirmed,
    tf_disabled,
    tf_profile_changed,
    wan_deleted,
    wan_registered,
)

from campaign.accounts.audit import Actor, record_alone
from campaign.accounts.mailing import send_notice
from campaign.accounts.models import Account
from campaign.extensions import client_address, db


def install(app: Flask) -> None:
    """Note what Flask-Security changes on accounts from now on."""
    for signal, what in (
        (password_changed, "password changed"),
        (password_reset, "password reset"),
        (tf_profile_changed, "second factor changed"),
        (tf_disabled, "second factor removed"),
        (wan_registered, "passkey added"),
        (wan_deleted, "passkey removed"),
    ):
        signal.connect(_noting(what), app, weak=False)
    tf_code_confirmed.connect(_set_up, app)


def note_change(user: UserMixin, what: str) -> None:
    """Put on record and tell the owner of the account `user` what was done on it just now."""
    # What Flask-Security changed on the account so far; our own connection would wait for it.
    db.session.commit()
    record_alone(Actor(user.email, client_address()), what, f"account:{user.email}")
    send_notice(user.email, what)


def _noting(what: str) -> Any:
    def note(app: Flask, user: Account, **_: object) -> None:
        note_change(user, what)

    return note


def setting_up() -> bool:
    """Whether this sign-in waits for the first code of a factor that is just being set up."""
    return session.get("tf_state") == "validating_profile"


def _set_up(app: Flask, user: Account, **_: object) -> None:
    # To Flask-Security a first factor, set up at signing in, is no change: it sends the signal of
    # every sign-in with a code, and its state of the session alone tells the two apart.
    if setting_up():
        note_change(user, "second factor set up")
