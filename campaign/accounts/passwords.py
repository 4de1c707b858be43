"""Passwords: argon2id, as RFC 9106 has it. Flask-Security checks and renews what is made here."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher

from campaign.errors import Invalid

SHORTEST = 10
LONGEST = 200
# RFC 9106's second choice: three passes over 64 MiB, in four lanes.
COST = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}


def hash_password(password: str, *, email: str = "") -> str:
    """The hash to keep. Raises Invalid for a password that `weakness` objects to."""
    wrong = weakness(password, email=email)
    if wrong:
        raise Invalid({"password": wrong})
    # As Flask-Security does before it compares, so that any keyboard can type it again.
    return PasswordHasher(COST["time_cost"], COST["memory_cost"], COST["parallelism"]).hash(
        unicodedata.normalize("NFKD", password)
    )


def weakness(password: str, *, email: str = "") -> str | None:
    """Why `password` may not be used, or None. Its length counts (NIST SP 800-63B, 3.1.1.2)."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if email and password.lower() in (email.lower(), email.lower().partition("@")[0]):
        return "The password must not be the e-mail address."
    if len(set(password)) < 4:
        return "Use more than a few different characters."
    return None
