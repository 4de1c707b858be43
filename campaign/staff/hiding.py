"""Keeps what names a person out of addresses, which end up in logs and histories."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken

from campaign.errors import LinkExpired
from campaign.links import settings

_VALID_SECONDS = 24 * 3600
# A domain can be somebody's own, and a network key stands for somebody's line.
_PERSONAL = ("q", "domain", "network")


def hidden_query(values: Mapping[str, str]) -> str:
    """The query string that stands for a search, for a day: what may name a person is sealed."""
    personal = {name: values[name] for name in _PERSONAL if values.get(name)}
    others = {name: text for name, text in values.items() if name not in _PERSONAL}
    return urlencode({**({"find": _hide(personal)} if personal else {}), **others})


def asked_for(query: Mapping[str, str]) -> dict[str, str]:
    """The search that a query string stands for. Raises LinkExpired for a seal that is not ours
    or too old."""
    found = dict(query)
    # A name or an address is taken from nowhere else.
    found["q"] = ""
    return {**found, **_reveal(found["find"])} if found.get("find") else found


def _hide(personal: dict[str, str]) -> str:
    return _box().encrypt(json.dumps(personal).encode()).decode()


def _reveal(token: str) -> dict[str, str]:
    try:
        found = json.loads(_box().decrypt(token.encode(), ttl=_VALID_SECONDS))
    except (InvalidToken, ValueError):
        raise LinkExpired from None
    return {name: str(found[name]) for name in _PERSONAL if name in found}


def _box() -> Fernet:
    secret = f"groundswell.hiding.search:{settings().secret_key}".encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret).digest()))
