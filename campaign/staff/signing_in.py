"""Signing in, as Flask-Security does it, with our sessions, our mail and our record."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from typing import Any

from flask import Flask, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security import (
    MailUtil,
    Security,
    SQLAlchemyUserDatastore,
    password_changed,
    password_reset,
    user_failed_authn,
)
from flask_security.utils import set_request_attr

from campaign.accounts import passwords, sessions
from campaign.accounts.audit import Actor, record_alone
from campaign.accounts.mailing import send_link
from campaign.accounts.models import Account, Passkey, RoleModel
from campaign.extensions import client_address, db
from campaign.links import absolute
from campaign.settings import Settings
from campaign.staff import factors, noting, throttle

HOME = "/staff/"
RESET_DAYS = 1
# What somebody signed in with, by the view that let them in.
_WITH = {
    "security.login": "password alone",
    "security.two_factor_token_validation": "authenticator",
    "security.wan_signin_response": "passkey",
    "security.mf_recovery": "recovery code",
    "security.change_password": "changed password",
}


def install(app: Flask, settings: Settings) -> None:
    """Register Flask-Security on `app`."""
    app.config.update(_configuration(settings))
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, Account, RoleModel, Passkey),
        mail_util_cls=OurMail,
        password_util_cls=factors.Passwords,
        webauthn_util_cls=factors.Passkeys,
        mf_recovery_codes_util_cls=factors.RecoveryCodes,
        totp_cls=factors.Codes,
    )
    security.login_manager.user_loader(_load)
    # Flask-Security would also take tokens from headers and addresses, past our sessions.
    security.login_manager.request_loader(lambda _: None)
    security.tf_token_validation_context_processor(lambda: {"setting_up": noting.setting_up()})
    throttle.protect(app)
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    user_failed_authn.connect(_failed, app)
    for changed in (password_changed, password_reset):
        changed.connect(_end_others, app)
    noting.install(app)


def _configuration(settings: Settings) -> dict[str, Any]:
    def secret(purpose: str) -> str:
        text = f"groundswell.staff.{purpose}:{settings.secret_key}"
        return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return {
        "SECURITY_PASSWORD_SALT": secret("salt"),
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            f"argon2__{name}": value for name, value in passwords.COST.items()
        },
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": passwords.SHORTEST,
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_DATETIME_FACTORY": lambda: dt.datetime.now(dt.UTC),
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": dt.timedelta(days=RESET_DAYS),
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/staff/me",
        "SECURITY_TOTP_SECRETS": {"1": secret("totp")},
        "SECURITY_TOTP_ISSUER": "Groundswell",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [secret("recovery")],
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "Groundswell",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_WAN_POST_REGISTER_VIEW": "/staff/me",
        "SECURITY_POST_LOGIN_VIEW": HOME,
        "SECURITY_POST_LOGOUT_VIEW": "/staff/login",
        "SECURITY_POST_CHANGE_VIEW": "/staff/me",
        "SECURITY_POST_RESET_VIEW": "/staff/login",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_FRESHNESS": dt.timedelta(hours=2),
        "SECURITY_STATIC_FOLDER_URL": "/fs-static",
        "REMEMBER_COOKIE_PATH": "/staff",
    }


def _load(uniquifier: str) -> Account | None:
    account = sessions.find_session(session.get("sid", ""), uniquifier)
    if account is not None:
        set_request_attr("fs_authn_via", "session")
        set_request_attr("fs_paa", session.get("fs_paa", 0))
    return account


def _begin(app: Flask, user: Account, **_: object) -> None:
    # What Flask-Security changed on the account so far; our own connection would wait for it.
    db.session.commit()
    if not user.active:
        return
    # A new session, whatever an attacker may have planted in the one before (session fixation).
    for name in set(session) - {"_user_id", "_fresh", "_id"}:
        if not name.startswith(("_flashes", "tf_", "fs_")):
            session.pop(name)
    browser = request.headers.get("User-Agent", "")
    session["sid"] = sessions.begin_session(user.id, address=client_address(), browser=browser)
    details = {"with": _WITH.get(request.endpoint or "", request.endpoint)}
    record_alone(Actor(user.email, client_address()), "signed in", f"account:{user.email}", details)


def _end(app: Flask, user: Account, **_: object) -> None:
    sessions.end_session(session.get("sid", ""))
    session.clear()
    record_alone(Actor(user.email, client_address()), "signed out", f"account:{user.email}")


def _failed(app: Flask, user: Account, auth_type: str, tfa: bool, **_: object) -> None:
    details = {"with": auth_type, "second factor": tfa}
    actor = Actor(user.email, client_address())
    record_alone(actor, "sign-in failed", f"account:{user.email}", details)


def _end_others(app: Flask, user: Account, **_: object) -> None:
    db.session.commit()
    sessions.end_others(user.id, session.get("sid", ""), actor=Actor(user.email, client_address()))


class OurMail(MailUtil):
    """Puts what Flask-Security wants to send into the outbox, with links from BASE_URL."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **given: Any,
    ) -> None:
        if "reset_token" in given:
            link = absolute(f"/staff/reset/{given['reset_token']}")
            send_link("staff-reset", str(recipient), link)
