"""Absolute links from BASE_URL, and the signed tokens that some of them carry."""

from __future__ import annotations

import hashlib

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from campaign.errors import LinkExpired, NotFound
from campaign.settings import Settings

SITE_NAME = "Groundswell"


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.extensions["groundswell"]
    return found


def absolute(path: str) -> str:
    """The full address of `path` (which starts with a slash). Never derived from a request."""
    return settings().base_url + path


def make_token(purpose: str, number: int) -> str:
    """An unguessable token for row `number`, good for `purpose` alone. It holds the time."""
    return _signer(purpose).sign(str(number)).decode()


def read_token(purpose: str, token: str, *, valid_days: int) -> int:
    """The row number that `make_token` put in.

    Raises NotFound for a token we never made, LinkExpired for one older than `valid_days`.
    """
    try:
        value = _signer(purpose).unsign(token, max_age=valid_days * 86_400)
        return int(value)
    except SignatureExpired:
        raise LinkExpired from None
    except (BadSignature, ValueError):
        raise NotFound from None


def _signer(purpose: str) -> TimestampSigner:
    # One signer a purpose and secret: deriving the key costs more than signing.
    secret = settings().secret_key
    signer = _signers.get((purpose, secret))
    if signer is None:
        signer = TimestampSigner(
            secret, salt=f"groundswell.{purpose}", key_derivation="hmac", digest_method=_sha256
        )
        _signers[purpose, secret] = signer
    return signer


_signers: dict[tuple[str, str], TimestampSigner] = {}
_sha256 = hashlib.sha256
