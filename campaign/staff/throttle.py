"""How often somebody may try to sign in.

Counted per network; per account and network, so that whoever guesses from one place locks nobody
out elsewhere; and per account over all networks, generously and failures alone, against a crowd
of machines. Passkeys cannot be guessed, so no account is counted for them. With Redis gone, each
process counts for itself.
"""

from __future__ import annotations

import hashlib
import unicodedata
from contextlib import suppress
from typing import Any

from flask import Flask, Response, request, session
from flask_limiter import Limiter

from campaign.extensions import client_network
from campaign.mail.addresses import clean_address

PER_NETWORK = "20 per minute; 100 per hour"
PER_ACCOUNT_HERE = "10 per 5 minutes; 50 per day"
PER_ACCOUNT = "200 per hour; 1000 per day"
PER_SECOND_FACTOR = "5 per 5 minutes; 30 per day"

limiter = Limiter(client_network)

_NETWORK = (
    "security.login",
    "security.forgot_password",
    "security.wan_signin",
    "security.two_factor_token_validation",
    "security.mf_recovery",
)
_PASSWORD = ("security.login", "security.forgot_password")
_SECOND = ("security.two_factor_token_validation", "security.mf_recovery")
_AGAIN = ("security.verify", "security.change_password")


def install(app: Flask, config: dict[str, Any]) -> None:
    """Throttle the posts that try passwords, codes and addresses."""
    app.config.update({key: value for key, value in config.items() if key.startswith("RATELIMIT")})
    app.config["RATELIMIT_KEY_PREFIX"] = "gs-staff"
    limiter.init_app(app)


def protect(app: Flask) -> None:
    """Put the limits on the views of Flask-Security, once these are registered."""
    for names, limit, key in (
        (_NETWORK, PER_NETWORK, client_network),
        (_PASSWORD, PER_ACCOUNT_HERE, _account_here),
        (_PASSWORD, PER_ACCOUNT, _account_tried),
        (_SECOND, PER_SECOND_FACTOR, _half_signed_in),
        (_AGAIN, PER_SECOND_FACTOR, _signed_in),
    ):
        for name in names:
            view: Any = app.view_functions[name]
            app.view_functions[name] = limiter.limit(
                limit, key_func=key, methods=["POST"], deduct_when=_failed
            )(view)


def _failed(response: Response) -> bool:
    # Whoever gets on is sent on; only a page again, or a refusal, is an attempt that failed. Asking
    # for a link always ends in a page.
    return response.status_code not in (302, 303)


def _account_here() -> str:
    return f"{_account_tried()}:{client_network()}"


def _account_tried() -> str:
    given = request.form.get("email", "").strip()
    # Every spelling of one address counts as the same.
    with suppress(ValueError):
        given = clean_address(unicodedata.normalize("NFKC", given))
    return _hidden(f"account:{given.lower()}")


def _half_signed_in() -> str:
    return _hidden(f"half:{session.get('tf_user_id') or client_network()}")


def _signed_in() -> str:
    return _hidden(f"again:{session.get('_user_id') or client_network()}")


def _hidden(what: str) -> str:
    return hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()[:32]
