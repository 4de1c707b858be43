"""E-mail addresses: which are accepted, and which two belong to one person."""

from __future__ import annotations

import hashlib
import hmac

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, as corrected by erratum 1690.

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


def clean_address(text: str) -> str:
    """The address as mail will be sent to it: domain in ASCII (IDNA 2008), local part as typed.

    Raises ValueError with a sentence for the supporter. Never asks the DNS.
    """
    address = text.strip(" ")
    if not address:
        raise ValueError("Enter your email address.")
    if len(address) > MAX_LENGTH:
        raise ValueError(f"An email address has at most {MAX_LENGTH} characters.")
    if "," in address or ";" in address or address.count("@") > 1:
        raise ValueError("Enter one email address only.")
    try:
        found = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        raise ValueError(
            "Enter an email address in the correct format, like name@example.org."
        ) from None
    return f"{found.local_part}@{found.ascii_domain or found.domain}"


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
