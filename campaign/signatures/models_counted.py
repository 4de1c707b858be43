"""What is derived from signatures, and the changes that still have to be counted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model
from campaign.signatures.models import STATES

DIMENSIONS = ("country", "source", "domain")
# What is counted of a campaign: its signatures by state, and those on paper.
COUNTED = (*STATES, "paper")
_TIME = TIMESTAMP(timezone=True)


class SignatureChange(Model):
    """A change of state that `counting` has not folded into the counts yet."""

    __tablename__ = "signature_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger)
    old_state: Mapped[str | None]
    new_state: Mapped[str | None]
    country: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str] = mapped_column(server_default="")
    domain: Mapped[str] = mapped_column(server_default="")
    signed_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    confirmed_at: Mapped[datetime | None] = mapped_column(_TIME)


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


class SignatureHour(Model):
    """What came in one hour: signatures by when they were made, and by when confirmed."""

    __tablename__ = "signature_hour"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), primary_key=True)
    submitted: Mapped[int] = mapped_column(BigInteger, server_default="0")
    confirmed: Mapped[int] = mapped_column(BigInteger, server_default="0")


class SignatureTally(Model):
    """How the signatures of one day and one country, source or mail domain stand now.

    The day is that of signing; `-infinity` stands for all days, so that the largest values of a
    campaign are found by their index, whatever its size.
    """

    __tablename__ = "signature_tally"
    __table_args__ = (
        CheckConstraint(f"dimension IN {DIMENSIONS}", name="dimension"),
        Index(
            "ix_signature_tally_largest",
            "campaign_id",
            "dimension",
            text("submitted DESC"),
            "value",
            postgresql_where=text("day = '-infinity'"),
        ),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    pending: Mapped[int] = mapped_column(BigInteger, server_default="0")
    confirmed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    withdrawn: Mapped[int] = mapped_column(BigInteger, server_default="0")
    excluded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    erased: Mapped[int] = mapped_column(BigInteger, server_default="0")
    bounced: Mapped[int] = mapped_column(BigInteger, server_default="0")
    submitted: Mapped[int] = mapped_column(BigInteger, Computed(" + ".join(STATES), persisted=True))


class SignatureMinutes(Model):
    """How many of a mail domain's signatures were confirmed within that many minutes."""

    __tablename__ = "signature_minutes"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    confirmed: Mapped[int] = mapped_column(BigInteger, server_default="0")
