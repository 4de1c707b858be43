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
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INT8MULTIRANGE, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

STATES = ("requested", "compiling", "ready", "sent", "acknowledged", "failed", "cancelled")
EXPORT_STATES = ("requested", "running", "ready", "failed", "cancelled", "deleted", "expired")


_TIME = TIMESTAMP(timezone=True)


class Delivery(Model):
    """One package for one official. `numbers` are exactly the signatures that it holds."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("sent_as IN ('attachment', 'link')", name="sent_as"),
        UniqueConstraint("campaign_id", "number"),
        Index(
            "ix_delivery_open",
            "due_at",
            "id",
            postgresql_where=text("state IN ('requested', 'compiling')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id"))
    number: Mapped[int]
    everything: Mapped[bool]
    made_by: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="requested")
    cut_off: Mapped[datetime | None] = mapped_column(_TIME)
    numbers: Mapped[Any | None] = mapped_column(INT8MULTIRANGE)
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    # Recorded before the package becomes visible, so that after a crash it can be recognised.
    sha256: Mapped[str | None]
    # Where the package is to be; none while a worker is to put it into its usual place.
    file: Mapped[str | None]
    requested_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    ready_at: Mapped[datetime | None] = mapped_column(_TIME)
    error: Mapped[str | None]
    # Whose signatures: those of these countries and beginnings of postcodes; all where none is.
    countries: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    postcodes: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    # The moment that was asked for; the cut-off is never later.
    asked_cut_off: Mapped[datetime | None] = mapped_column(_TIME)
    # The one that failed or was cancelled and that this one repeats.
    again_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    due_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default="0")
    # What is being made, and how many of its rows are done.
    step: Mapped[str] = mapped_column(server_default="")
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total: Mapped[int | None] = mapped_column(BigInteger)
    size: Mapped[int | None] = mapped_column(BigInteger)
    # Those of `numbers` that were signed on paper.
    paper_numbers: Mapped[Any | None] = mapped_column(INT8MULTIRANGE)
    # The Merkle root over its rows, and the sealed statement of it that is published.
    root: Mapped[bytes | None]
    statement: Mapped[str | None]
    sent_at: Mapped[datetime | None] = mapped_column(_TIME)
    sent_by: Mapped[str | None]
    sent_to: Mapped[str | None]
    sent_as: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None] = mapped_column(_TIME)
    acknowledged_by: Mapped[str | None]
    reminded_at: Mapped[datetime | None] = mapped_column(_TIME)


class DeliveryNumber(Model):
    """The number of a signature in its campaign's packages: given once, kept for good."""

    __tablename__ = "delivery_number"
    __table_args__ = (
        CheckConstraint("num_nonnulls(signature_id, paper_signature_id) = 1", name="one"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), unique=True)
    paper_signature_id: Mapped[int | None] = mapped_column(
        ForeignKey("paper_signature.id"), unique=True
    )


class DeliveryLeaves(Model):
    """Hashes of a package's rows and their salts, 1,024 to a chunk, in the order of the rows.

    A salt is 16 bytes. Those of somebody erased are zeros: their hash then says nothing of them.
    """

    __tablename__ = "delivery_leaves"

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    chunk: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # That of the chunk alone.
    root: Mapped[bytes]
    hashes: Mapped[bytes]
    salts: Mapped[bytes]


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
    cut_off: Mapped[datetime | None] = mapped_column(_TIME)
    state: Mapped[str] = mapped_column(server_default="requested")
    token: Mapped[str] = mapped_column(unique=True)
    requested_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    due_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
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
    ready_at: Mapped[datetime | None] = mapped_column(_TIME)
    expires_at: Mapped[datetime | None] = mapped_column(_TIME)
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
    confirmed_at: Mapped[datetime | None] = mapped_column(_TIME)
