"""Campaign, the versions of its pledge text, and the officials addressed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    UniqueConstraint,
    and_,
    func,
    or_,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.content.models import Picture, Pictured, Revised
from campaign.extensions import Model

STATES = ("draft", "open", "paused", "closed", "delivered")


class Campaign(Revised, Pictured, Model):
    """What supporters are asked to sign. Counts live in CampaignCount, never here."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("picture_sha256 IS NULL OR picture_alt <> ''", name="picture_alt"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    ask: Mapped[str]
    summary: Mapped[str]
    goal: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    opens_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    closes_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    created_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )

    picture: Mapped[Picture | None] = relationship(lazy="joined")
    texts: Mapped[list[PledgeText]] = relationship(order_by="PledgeText.version")
    addressed: Mapped[list[CampaignOfficial]] = relationship(
        order_by="CampaignOfficial.position", cascade="all, delete-orphan"
    )

    @classmethod
    def accepting(cls) -> ColumnElement[bool]:
        """Whether it takes signatures now, as a condition for a query."""
        return and_(
            cls.state == "open",
            or_(cls.opens_at.is_(None), cls.opens_at <= func.now()),
            cls.not_over(),
        )

    @classmethod
    def not_over(cls) -> ColumnElement[bool]:
        """Whether its time to close has not come yet, as a condition for a query."""
        return or_(cls.closes_at.is_(None), cls.closes_at > func.now())

    @property
    def officials(self) -> list[Official]:
        return [row.official for row in self.addressed]


class PledgeText(Model):
    """One wording of a campaign's pledge; a signature points at the one it signed."""

    __tablename__ = "pledge_text"
    __table_args__ = (UniqueConstraint("campaign_id", "version"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    version: Mapped[int]
    markdown: Mapped[str]
    html: Mapped[str]
    sha256: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )


class Official(Revised, Model):
    """Somebody in office to whom signatures are delivered."""

    __tablename__ = "official"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    email: Mapped[str]


class CampaignOfficial(Model):
    """That a campaign addresses an official, and in which order."""

    __tablename__ = "campaign_official"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id"), primary_key=True)
    position: Mapped[int]
    official: Mapped[Official] = relationship(lazy="joined")
