"""Keeps what names a person out of addresses, which end up in logs and histories."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from campaign.errors import LinkExpired
from campaign.links import settings

_VALID_SECONDS = 24 * 3600


def hide(text: str) -> str:
    """`text` as a token that only we can read, for a day."""
    return _box().encrypt(text.encode()).decode()


def reveal(token: str) -> str:
    """The text that `hide` put in. Raises LinkExpired for every other token, and an old one."""
    try:
        return _box().decrypt(token.encode(), ttl=_VALID_SECONDS).decode()
    except (InvalidToken, UnicodeError):
        raise LinkExpired from None


def _box() -> Fernet:
    secret = f"groundswell.hiding:{settings().secret_key}".encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret).digest()))
