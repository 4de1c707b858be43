"""Campaign, the versions of its pledge text, and the officials addressed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    FetchedValue,
    ForeignKey,
    Identity,
    UniqueConstraint,
    and_,
    func,
    or_,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.content.models import Picture, Pictured, Revised, Translated, Written
from campaign.extensions import Model
from campaign.languages import DEFAULT

STATES = ("draft", "open", "paused", "closed", "delivered")


class Campaign(Revised, Pictured, Written, Model):
    """What supporters are asked to sign. Counts live in CampaignCount, never here."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("keep_months BETWEEN 1 AND 120", name="keep_months"),
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
    # How long signatures are kept after the end; as long as the settings say where it is not set.
    keep_months: Mapped[int | None]
    # Since when it has been closed or delivered: a trigger writes it, whoever ends the campaign.
    ended_at: Mapped[datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), server_default=FetchedValue()
    )

    picture: Mapped[Picture | None] = relationship(lazy="joined")
    texts: Mapped[list[PledgeText]] = relationship(order_by="PledgeText.version")
    addressed: Mapped[list[CampaignOfficial]] = relationship(
        order_by="CampaignOfficial.position", cascade="all, delete-orphan"
    )
    # One more query for all campaigns of a page, however many they are.
    translations: Mapped[list[CampaignTranslation]] = relationship(lazy="selectin", viewonly=True)

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

    def words(self, language: str) -> Campaign | CampaignTranslation:
        """Its words in `language` where they are translated and up to date, or else its own.

        What is asked for must not differ from one language to another: a stale translation is
        not shown.
        """
        if language == self.language:
            return self
        current = (t for t in self.translations if t.language == language and not t.stale)
        return next(current, self)


class CampaignTranslation(Translated, Model):
    """What a campaign says in another language. What is signed stays the original."""

    __tablename__ = "campaign_translation"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    ask: Mapped[str]


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

    translations: Mapped[list[PledgeTextTranslation]] = relationship(viewonly=True)

    def translation(self, language: str) -> PledgeTextTranslation | None:
        """This very version in `language`; None where it is not translated."""
        return next((t for t in self.translations if t.language == language), None)


class PledgeTextTranslation(Model):
    """One version of a pledge in another language, to be read. What is signed is the original."""

    __tablename__ = "pledge_text_translation"

    pledge_text_id: Mapped[int] = mapped_column(ForeignKey("pledge_text.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    markdown: Mapped[str]
    html: Mapped[str]
    sha256: Mapped[str]


class Official(Revised, Model):
    """Somebody in office to whom signatures are delivered."""

    __tablename__ = "official"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    email: Mapped[str]
    # Whose signatures concern them: a country, and beginnings of postcodes, separated by commas.
    area_country: Mapped[str] = mapped_column(server_default="")
    area_postcodes: Mapped[str] = mapped_column(server_default="")
    # The office's public key (age), to which packages are encrypted for it.
    age_key: Mapped[str] = mapped_column(server_default="")
    # What their mails, letters and pages speak.
    language: Mapped[str] = mapped_column(server_default=DEFAULT)


class CampaignOfficial(Model):
    """That a campaign addresses an official, and in which order."""

    __tablename__ = "campaign_official"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id"), primary_key=True)
    position: Mapped[int]
    official: Mapped[Official] = relationship(lazy="joined")
