"""“Did you mean gmail.com?”: the common mail domain that an address was probably meant to have."""

from __future__ import annotations

# Those that people have, and those that are one letter from them and are meant.
COMMON = (
    "aol.com", "bigpond.com", "btinternet.com", "comcast.net", "free.fr", "fastmail.com",
    "gmail.com", "googlemail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net",
    "hotmail.com", "hotmail.co.uk", "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it",
    "icloud.com", "laposte.net", "libero.it", "live.com", "live.co.uk", "live.fr", "mac.com",
    "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com", "orange.fr", "outlook.com",
    "outlook.de", "outlook.es", "outlook.fr", "posteo.de", "proton.me", "protonmail.com",
    "rediffmail.com", "sbcglobal.net", "sky.com", "t-online.de", "verizon.net", "wanadoo.fr",
    "web.de", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it",
    "yandex.ru", "ymail.com",
)  # fmt: skip
# One letter of a short name makes another name; two of a long one are a slip of the hand.
_ONE_FROM, _TWO_FROM = 7, 9


def suggestion(address: str) -> str | None:
    """`address` with the common domain that its own is a slip of, or None. Never to refuse by."""
    local, at, domain = address.strip().rpartition("@")
    domain = domain.lower()
    if not local or not at or domain in COMMON or len(domain) > 40:
        return None
    best, name = min((_distance(domain, name), name) for name in COMMON)
    most = (len(name) >= _ONE_FROM) + (len(name) >= _TWO_FROM)
    return f"{local}@{name}" if best <= most else None


def _distance(one: str, other: str) -> int:
    """How many letters to put in, leave out or change (Levenshtein)."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, opposite in enumerate(other, 1):
            changed = before[column - 1] + (letter != opposite)
            now.append(min(before[column] + 1, now[-1] + 1, changed))
        before = now
    return before[-1]
