"""Deliveries and exports, the numbers that signatures carry, and what signatures were before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

STATES = ("requested", "compiling", "ready", "sent", "acknowledged", "failed")
EXPORT_STATES = ("requested", "running", "ready", "failed", "cancelled", "deleted", "expired")


class Delivery(Model):
    """One package for one official. `numbers` are exactly the signatures that it holds."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        UniqueConstraint("campaign_id", "number"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id"))
    number: Mapped[int]
    everything: Mapped[bool]
    made_by: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="requested")
    cut_off: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    numbers: Mapped[Any | None] = mapped_column(INT8MULTIRANGE)
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    # Recorded before the package becomes visible, so that after a crash it can be recognised.
    sha256: Mapped[str | None]
    # Where the package is to be; none while a worker is to put it into its usual place.
    file: Mapped[str | None]
    requested_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
    ready_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    error: Mapped[str | None]


class DeliveryNumber(Model):
    """The number of a signature in its campaign's packages: given once, kept for good."""

    __tablename__ = "delivery_number"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int] = mapped_column(BigInteger)


class Export(Model):
    """Signatures that somebody took out, or is about to: what, what for, and how far it is.

    The row stays when its file is gone.
    """

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint("format IN ('csv', 'xlsx')", name="format"),
        CheckConstraint(f"state IN {EXPORT_STATES}", name="state"),
        Index("ix_export_campaign_id", "campaign_id", "id"),
        Index(
            "ix_export_open", "due_at", postgresql_where=text("state IN ('requested', 'running')")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    # The export whose cut-off, columns and filters this one repeats.
    again_id: Mapped[int | None] = mapped_column(ForeignKey("export.id"))
    made_by: Mapped[str]
    purpose: Mapped[str]
    format: Mapped[str]
    columns: Mapped[Any] = mapped_column(JSONB)
    filters: Mapped[Any] = mapped_column(JSONB)
    cut_off: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    state: Mapped[str] = mapped_column(server_default="requested")
    token: Mapped[str] = mapped_column(unique=True)
    requested_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
    due_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
    leased_by: Mapped[int | None]
    # How often it was begun or gone on with since it last got any further.
    attempts: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int | None] = mapped_column(BigInteger)
    # The rows, the last signature and the bytes of the parts that are on the disk for good.
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    through: Mapped[int] = mapped_column(BigInteger, server_default="0")
    last: Mapped[int] = mapped_column(BigInteger, server_default="0")
    written: Mapped[int] = mapped_column(BigInteger, server_default="0")
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    ready_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    error: Mapped[str | None]


class SignaturePast(Model):
    """What a signature was until it was changed: a trigger writes it, whoever makes the change.

    Not for a pending one that was confirmed, of which its own row tells.
    """

    __tablename__ = "signature_past"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), index=True
    )
    until: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.clock_timestamp()
    )
    state: Mapped[str]
    updates: Mapped[bool]
    public: Mapped[bool]
    confirmed_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
