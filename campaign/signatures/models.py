"""Signature, the counts derived from it, and the changes that still have to be counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

STATES = ("pending", "confirmed", "withdrawn", "excluded", "erased")


class Signature(Model):
    """One person's signature under one campaign's pledge."""

    __tablename__ = "signature"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        # This constraint, not the application, decides that one address signs once.
        UniqueConstraint("campaign_id", "email_canonical"),
        Index(
            "ix_signature_confirmed",
            "campaign_id",
            "confirmed_at",
            "id",
            postgresql_where=text("state = 'confirmed'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    pledge_text_id: Mapped[int] = mapped_column(ForeignKey("pledge_text.id"))
    name: Mapped[str]
    email: Mapped[str]
    email_canonical: Mapped[str]
    country: Mapped[str]
    postcode: Mapped[str]
    comment: Mapped[str]
    updates: Mapped[bool]
    public: Mapped[bool]
    consent_version: Mapped[int]
    language: Mapped[str]
    source: Mapped[str]
    network_key: Mapped[bytes]
    state: Mapped[str] = mapped_column(server_default="pending")
    created_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    # When the row came here; what was signed on paper was signed before.
    recorded_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )


class SignatureChange(Model):
    """A change of state that `counting` has not folded into the counts yet."""

    __tablename__ = "signature_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger)
    old_state: Mapped[str | None]
    new_state: Mapped[str]
    country: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str] = mapped_column(server_default="")
    domain: Mapped[str] = mapped_column(server_default="")
    signed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
    confirmed_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class CampaignCount(Model):
    """How many signatures of a campaign are in each state: derived, folded by the worker."""

    __tablename__ = "campaign_count"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    pending: Mapped[int] = mapped_column(BigInteger, server_default="0")
    confirmed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    withdrawn: Mapped[int] = mapped_column(BigInteger, server_default="0")
    excluded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    erased: Mapped[int] = mapped_column(BigInteger, server_default="0")
    paper: Mapped[int] = mapped_column(BigInteger, server_default="0")
    folded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
