"""Signature."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model
from campaign.signatures.consents import COMMENTS_SINCE

STATES = ("pending", "confirmed", "withdrawn", "excluded", "erased")

# A query must say these in the same words as the index that it wants to use.
DOMAIN = "split_part(email_canonical, '@', 2)"
WORDS = "signature_words(name, email_canonical)"
SHOWABLE = f"state = 'confirmed' AND public AND consent_version >= {COMMENTS_SINCE}"
WAITING = f"comment_approved IS NULL AND {SHOWABLE} AND comment <> ''"
DECIDED = f"comment_approved IS NOT NULL AND {SHOWABLE}"

_IN_ORDER = ("campaign_id", "created_at", "id")
_CONFIRMED = ("campaign_id", "confirmed_at", "id")
_APPROVED = ("campaign_id", "comment_approved", "confirmed_at", "id")
_REST = text("state <> 'confirmed'")
_TIME = TIMESTAMP(timezone=True)


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
        # What staff search by, each in the order in which they read.
        Index("ix_signature_created", *_IN_ORDER),
        Index("ix_signature_domain", "campaign_id", text(DOMAIN), "created_at", "id"),
        Index("ix_signature_network", "campaign_id", "network_key", "created_at", "id"),
        Index("ix_signature_country", "campaign_id", "country", "created_at", "id"),
        Index("ix_signature_state", "campaign_id", "state", *_IN_ORDER[1:], postgresql_where=_REST),
        # Who has not confirmed yet, whichever campaign it is.
        Index("ix_signature_pending", *_IN_ORDER[1:], postgresql_where=text("state = 'pending'")),
        Index("ix_signature_words", text(WORDS), postgresql_using="gin"),
        Index("ix_signature_comment_waiting", *_CONFIRMED, postgresql_where=text(WAITING)),
        Index("ix_signature_comment_decided", *_APPROVED, postgresql_where=text(DECIDED)),
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
    created_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    confirmed_at: Mapped[datetime | None] = mapped_column(_TIME)
    # When the row came here; what was signed on paper was signed before.
    recorded_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    # Whether the comment may be shown; nothing while nobody has decided.
    comment_approved: Mapped[bool | None]
    # How often they were asked again to confirm, and when that was last considered.
    reminders: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    reminded_at: Mapped[datetime | None] = mapped_column(_TIME)
    # Since when nothing here says who it was; it stays in its state, and counts as before.
    anonymised_at: Mapped[datetime | None] = mapped_column(_TIME)
