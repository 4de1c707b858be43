"""Looking accounts up."""

from __future__ import annotations

from sqlalchemy import select

from campaign.accounts.models import Account
from campaign.errors import NotFound
from campaign.extensions import db


def accounts() -> list[Account]:
    """Every account, the active ones first, by address."""
    chosen = select(Account).order_by(Account.active.desc(), Account.email)
    return list(db.session.scalars(chosen).unique())


def account_id_of(email: str) -> int:
    """The id of the account with that address. Raises NotFound."""
    found = db.session.scalar(select(Account.id).where(Account.email == email.strip().lower()))
    if found is None:
        raise NotFound(f"there is no account {email!r}")
    return found


def account(account_id: int) -> Account:
    """One account. Raises NotFound."""
    found = db.session.get(Account, account_id)
    if found is None:
        raise NotFound
    return found
