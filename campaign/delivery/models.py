"""Delivery, and the numbers that signatures carry in the packages of their campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

STATES = ("requested", "compiling", "ready", "sent", "acknowledged", "failed")


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
