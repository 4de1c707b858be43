"""How often somebody may try to sign in: counted per network, and per account that is tried.

A counter per account alone would let anybody lock an account; one per network alone would let a
crowd of machines guess. With Redis gone, each process counts for itself.
"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Flask, request, session
from flask_limiter import Limiter

from campaign.extensions import client_network

PER_NETWORK = "20 per minute; 100 per hour"
PER_ACCOUNT = "10 per 5 minutes; 50 per day"
PER_SECOND_FACTOR = "5 per 5 minutes; 30 per day"

limiter = Limiter(client_network)

_FIRST = ("security.login", "security.forgot_password", "security.wan_signin")
_SECOND = ("security.two_factor_token_validation", "security.mf_recovery")


def install(app: Flask, config: dict[str, Any]) -> None:
    """Throttle the posts that try passwords, codes and addresses."""
    app.config.update({key: value for key, value in config.items() if key.startswith("RATELIMIT")})
    app.config["RATELIMIT_KEY_PREFIX"] = "gs-staff"
    limiter.init_app(app)


def protect(app: Flask) -> None:
    """Put the limits on the views of Flask-Security, once these are registered."""
    for names, limit, key in (
        (_FIRST, PER_ACCOUNT, _account_tried),
        (_SECOND, PER_SECOND_FACTOR, _half_signed_in),
    ):
        for name in names:
            view: Any = app.view_functions[name]
            view = limiter.limit(PER_NETWORK, methods=["POST"])(view)
            app.view_functions[name] = limiter.limit(limit, key_func=key, methods=["POST"])(view)


def _account_tried() -> str:
    return _hidden(request.form.get("email", request.form.get("identity", "")).strip().lower())


def _half_signed_in() -> str:
    return _hidden(str(session.get("tf_user_id", "")) or client_network())


def _hidden(what: str) -> str:
    return hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()[:32]
