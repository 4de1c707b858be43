"""Article, and its translations."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    String,
    and_,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.campaigns.models import Campaign
from campaign.content.models import Picture, Pictured, Revised, Translated, Written
from campaign.extensions import Model

STATES = ("draft", "published")


class Article(Revised, Pictured, Written, Model):
    """A piece to read. `blocks` is its body as safe HTML, call-outs and links to read on.

    The public sees it when it is `shown`: no draft, and its time has come. `related` are the
    slugs of articles to read on with, whether or not they exist yet.
    """

    __tablename__ = "article"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("state = 'draft' OR published IS NOT NULL", name="published"),
        CheckConstraint("picture_sha256 IS NULL OR picture_alt <> ''", name="picture_alt"),
        Index(None, "published"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    section: Mapped[str]
    topic: Mapped[str]
    author: Mapped[str]
    state: Mapped[str] = mapped_column(default="published", server_default="published")
    published: Mapped[dt.datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    summary: Mapped[str]
    markdown: Mapped[str]
    blocks: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    related: Mapped[list[str]] = mapped_column(
        ARRAY(String), default=list, server_default=text("'{}'")
    )

    campaign: Mapped[Campaign | None] = relationship()
    picture: Mapped[Picture | None] = relationship(lazy="joined")
    # One more query for all articles of a page, however many they are.
    translations: Mapped[list[ArticleTranslation]] = relationship(lazy="selectin", viewonly=True)

    @classmethod
    def shown(cls) -> ColumnElement[bool]:
        """Whether the public may see it now, as a condition for a query."""
        return and_(cls.state == "published", cls.published <= func.now())

    def words(self, language: str) -> Article | ArticleTranslation:
        """The article in `language` where it is translated, or else as it was written.

        Nobody signs an article: a translation whose original has been corrected is still shown.
        """
        if language == self.language:
            return self
        return next((t for t in self.translations if t.language == language), self)


class ArticleTranslation(Translated, Model):
    """An article in another language. Its body is read for the page of the article alone."""

    __tablename__ = "article_translation"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    section: Mapped[str]
    topic: Mapped[str]
    markdown: Mapped[str] = mapped_column(deferred=True)
    blocks: Mapped[list[dict[str, str]]] = mapped_column(JSONB, deferred=True)
