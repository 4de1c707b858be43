"""E-mail addresses: which two belong to one person."""

from __future__ import annotations

import hashlib
import hmac

# Providers that deliver `name+anything@` to `name@`, by what their help pages say.
_PLUS_TAGS = frozenset(
    {
        "fastmail.com",
        "fastmail.fm",
        "gmail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mac.com",
        "mailbox.org",
        "me.com",
        "msn.com",
        "outlook.com",
        "pm.me",
        "posteo.de",
        "proton.me",
        "protonmail.com",
        "tuta.com",
        "tutanota.com",
        "yandex.com",
        "yandex.ru",
        "zoho.com",
    }
)
_DOTS_IGNORED = frozenset({"gmail.com"})
_SAME_PROVIDER = {"googlemail.com": "gmail.com"}


def canonical_address(address: str) -> str:
    """The same text for every spelling of one mailbox, for an address from `clean_address`."""
    local, _, domain = address.lower().rpartition("@")
    domain = _SAME_PROVIDER.get(domain, domain)
    if domain in _PLUS_TAGS:
        local = local.split("+", 1)[0] or local
    if domain in _DOTS_IGNORED:
        local = local.replace(".", "") or local
    return f"{local}@{domain}"


def person_key(canonical: str, secret: str) -> bytes:
    """A keyed hash that stands for one person over all campaigns without naming them."""
    return hmac.digest(secret.encode(), b"person:" + canonical.encode(), hashlib.sha256)[:16]
