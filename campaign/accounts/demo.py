"""The demo accounts, for whoever looks at the software for the first time."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from campaign.accounts.adding import add_account
from campaign.accounts.models import Account
from campaign.errors import Invalid
from campaign.extensions import db
from campaign.links import settings

DEMO_ACCOUNTS = (
    ("admin@demo.example", "admin", "Ada (demo admin)"),
    ("organiser@demo.example", "organiser", "Olu (demo organiser)"),
)
_WELL_KNOWN = "tide-lifts-all-boats"


def add_demo_accounts() -> dict[str, str]:
    """Add the demo accounts where there is no account at all. Returns address to password.

    Only in development the password is the one that the documentation names.
    """
    if db.session.scalar(select(Account.id).limit(1)) is not None:
        return {}
    added = {}
    for email, role, name in DEMO_ACCOUNTS:
        password = secrets.token_urlsafe(12) if settings().production else _WELL_KNOWN
        try:
            add_account(email, role, password=password, name=name, demo=True)
        except Invalid:  # Another process was quicker.
            continue
        added[email] = password
    return added


def demo_logins() -> dict[str, str]:
    """The demo accounts that are still there, and the password they began with."""
    if settings().production:
        return {}
    found = db.session.scalars(
        select(Account.email).where(Account.demo, Account.active).order_by(Account.email)
    )
    return dict.fromkeys(found, _WELL_KNOWN)
