"""Who may enter where. Every route of the workspace has a door; one without stops the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, redirect, request, url_for
from flask_security import current_user
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response

from campaign.accounts.audit import Actor
from campaign.accounts.models import Account
from campaign.extensions import client_address

ANYONE, SIGNED_IN, ORGANISER, ADMIN = "anyone", "signed in", "organiser", "admin"
_ALLOWED = {
    SIGNED_IN: ("organiser", "admin"),
    ORGANISER: ("organiser", "admin"),
    ADMIN: ("admin",),
}

# The pages of Flask-Security. Those of a half-finished sign-in guard themselves.
SECURITY_DOORS = {
    "security.static": ANYONE,
    "security.login": ANYONE,
    "security.logout": ANYONE,
    "security.forgot_password": ANYONE,
    "security.reset_password": ANYONE,
    "security.change_password": SIGNED_IN,
    "security.verify": SIGNED_IN,
    "security.two_factor_setup": ANYONE,
    "security.two_factor_setup_validate": SIGNED_IN,
    "security.two_factor_token_validation": ANYONE,
    "security.two_factor_rescue": ANYONE,
    "security.tf_select": ANYONE,
    "security.mf_recovery": ANYONE,
    "security.mf_recovery_codes": SIGNED_IN,
    "security.wan_register": SIGNED_IN,
    "security.wan_register_response": SIGNED_IN,
    "security.wan_signin": ANYONE,
    "security.wan_signin_response": ANYONE,
    "security.wan_verify": SIGNED_IN,
    "security.wan_verify_response": SIGNED_IN,
    "security.wan_delete": SIGNED_IN,
}

# Only for whoever has given a password and not yet a code.
_HALF_WAY = ("security.two_factor_token_validation", "security.mf_recovery")

_View = TypeVar("_View", bound=Callable[..., object])


def door(role: str) -> Callable[[_View], _View]:
    """Say who may enter a view: ANYONE, SIGNED_IN, ORGANISER (admins too) or ADMIN."""

    def mark(view: _View) -> _View:
        view.door = role  # type: ignore[attr-defined]
        return view

    return mark


def door_of(app: Flask, endpoint: str) -> str:
    """Who may enter `endpoint`. Raises LookupError when nobody has decided."""
    found = SECURITY_DOORS.get(endpoint) or getattr(app.view_functions[endpoint], "door", None)
    if found is None:
        raise LookupError(f"the route {endpoint} does not say who may enter")
    return str(found)


def require_doors(app: Flask) -> None:
    """Raise LookupError when a route of `app` does not say who may enter."""
    for endpoint in app.view_functions:
        door_of(app, endpoint)


def guard(app: Flask) -> None:
    """Refuse whoever may not enter, before any view runs and before a token is asked for."""

    def refuse() -> Response | None:
        if request.endpoint in _HALF_WAY and current_user.is_authenticated:
            # Flask-Security takes this for an attack and signs the visitor out.
            return redirect("/staff/me", 303)
        door = door_of(app, request.endpoint) if request.endpoint else ANYONE
        if door == ANYONE:
            return None
        if not current_user.is_authenticated:
            return _to_login()
        if current_user.role not in _ALLOWED[door]:
            raise Forbidden("Your account is not meant for this page.")
        return None

    app.before_request(refuse)


def _to_login() -> Response:
    if request.method != "GET" or "json" in request.headers.get("Accept", ""):
        raise Unauthorized("Sign in first.")
    here = request.script_root + request.full_path.rstrip("?")
    return redirect(url_for("security.login", next=here), 303)


def me() -> Account:
    """The account that is signed in; only for views behind a door."""
    found: Account = current_user._get_current_object()
    return found


def actor() -> Actor:
    """Who is acting, for the record."""
    name = current_user.email if current_user.is_authenticated else "nobody"
    return Actor(name, client_address())
