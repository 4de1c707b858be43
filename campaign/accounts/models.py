"""Account, its passkeys and sessions; and AuditEvent, what was done by whom."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any, NamedTuple

from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, func
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.extensions import Model

ROLES = ("organiser", "admin")
_TIME = TIMESTAMP(timezone=True)


class Role(NamedTuple):
    """A role as Flask-Security wants it: an object with a name."""

    name: str

    def get_permissions(self) -> set[str]:
        return set()


class RoleModel(RoleMixin):
    """Flask-Security asks for a model of roles; ours are a fixed list, and it never queries it."""


def new_identifier() -> str:
    return secrets.token_hex(32)


class Account(Model, UserMixin):
    """Somebody who works here. Names of the security fields are those of Flask-Security."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(server_default="")
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    # One of the demo content, whose password everybody knows.
    demo: Mapped[bool] = mapped_column(server_default="false")
    password: Mapped[str | None]
    # Every session names it; a new one ends them all.
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, default=new_identifier)
    fs_webauthn_user_handle: Mapped[str] = mapped_column(unique=True, default=new_identifier)
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    # The time step of the last code that was used; none works twice (RFC 6238, 5.2).
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)
    # Flask-Security takes a used code out of the list, in place.
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSONB))
    created_at: Mapped[dt.datetime] = mapped_column(_TIME, server_default=func.now())
    signed_in_at: Mapped[dt.datetime | None] = mapped_column(_TIME)

    webauthn: Mapped[list[Passkey]] = relationship(  # type: ignore[assignment]
        back_populates="account", order_by="Passkey.id", cascade="all, delete-orphan"
    )

    # Flask-Security would use these for messages to telephones, which we do not offer.
    tf_phone_number = None
    us_phone_number = None
    us_totp_secrets = None

    @property
    def roles(self) -> list[Role]:  # type: ignore[override]
        return [Role(self.role)]

    @property
    def second_factor(self) -> bool:
        """Whether something besides the password is set up."""
        return bool(self.tf_primary_method or self.webauthn)

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Whether a second factor is asked for now; every admin must have one."""
        return bool(tf_setup_methods) or self.must_have_second_factor, tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        return self.must_have_second_factor

    @property
    def must_have_second_factor(self) -> bool:
        from campaign.links import settings

        # A newcomer should see the demo without an authenticator app at hand.
        return self.role == "admin" and not (self.demo and not settings().production)


class _Either(str):
    """A use of a passkey: alone, or after the password.

    Flask-Security keeps these apart. To it, somebody with a passkey for signing in alone would have
    no second factor, so that a stolen password could set up a new one.
    """

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return other in ("first", "secondary")


_EITHER = _Either("first")


class Passkey(Model, WebAuthnMixin):
    """A WebAuthn credential (W3C). Names of the fields are those of Flask-Security."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    transports: Mapped[list[str] | None] = mapped_column(JSONB)
    backup_state: Mapped[bool]
    device_type: Mapped[str]
    extensions: Mapped[str | None]
    create_datetime: Mapped[dt.datetime] = mapped_column(_TIME, server_default=func.now())
    lastuse_datetime: Mapped[dt.datetime] = mapped_column(_TIME)

    account: Mapped[Account] = relationship(back_populates="webauthn")

    @property
    def usage(self) -> str:
        return _EITHER

    @usage.setter
    def usage(self, value: str) -> None:
        """What Flask-Security wants to write: ours serve both purposes."""

    def get_user_mapping(self) -> dict[str, Any]:
        return {"id": self.account_id}


class StaffSession(Model):
    """One signed-in browser. The cookie holds the secret whose hash is here."""

    __tablename__ = "staff_session"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    begun_at: Mapped[dt.datetime] = mapped_column(_TIME, server_default=func.now())
    seen_at: Mapped[dt.datetime] = mapped_column(_TIME, server_default=func.now())
    address: Mapped[str]
    browser: Mapped[str]


class AuditEvent(Model):
    """Something that was done. Written by `audit.record` alone, and never changed."""

    __tablename__ = "audit_event"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(_TIME, index=True)
    actor: Mapped[str] = mapped_column(index=True)
    address: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    previous: Mapped[bytes]
    hash: Mapped[bytes]
