"""Articles for those who write them: drafts and scheduled ones among them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from campaign.articles.models import Article
from campaign.content.storing import containing
from campaign.extensions import db

DRAFT, SCHEDULED, PUBLISHED = "draft", "scheduled", "published"
PHASES = (DRAFT, SCHEDULED, PUBLISHED)
PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """An article in the list. `phase` is draft, scheduled or published."""

    slug: str
    title: str
    section: str
    author: str
    phase: str
    published: dt.datetime | None
    campaign: tuple[str, str] | None
    updated_at: dt.datetime
    updated_by: str


def phase_of(article: Article) -> str:
    """What the public's view of an article is at this moment."""
    if article.state == DRAFT or article.published is None:
        return DRAFT
    return PUBLISHED if article.published <= dt.datetime.now(dt.UTC) else SCHEDULED


def articles(*, search: str = "", phase: str = "", page: int = 1) -> tuple[list[Row], bool]:
    """A page of the articles saved last, and whether there are more."""
    wanted = [containing(search, Article.title, Article.slug, Article.author)]
    if phase in PHASES:
        wanted.append(_in(phase))
    chosen = (
        select(Article)
        .where(*wanted)
        .options(joinedload(Article.campaign))
        .order_by(Article.updated_at.desc(), Article.id.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    )
    rows = [_row(article) for article in db.session.scalars(chosen)]
    return rows[:PER_PAGE], len(rows) > PER_PAGE


def choices() -> list[tuple[str, str]]:
    """Slug and title of every article, the newest first, to choose from."""
    found = select(Article.slug, Article.title).order_by(Article.updated_at.desc()).limit(500)
    return [(row.slug, row.title) for row in db.session.execute(found)]


def used(column: str) -> list[str]:
    """The sections, topics or authors that articles have, to choose from."""
    chosen = getattr(Article, column)
    return list(db.session.scalars(select(chosen).group_by(chosen).order_by(chosen).limit(200)))


def _in(phase: str) -> ColumnElement[bool]:
    published = Article.state == PUBLISHED
    return {
        DRAFT: or_(Article.state == DRAFT, Article.published.is_(None)),
        SCHEDULED: and_(published, Article.published > func.now()),
        PUBLISHED: Article.shown(),
    }[phase]


def _row(article: Article) -> Row:
    campaign = article.campaign
    names = ("slug", "title", "section", "author", "published", "updated_at", "updated_by")
    return Row(
        **{name: getattr(article, name) for name in names},
        phase=phase_of(article),
        campaign=(campaign.slug, campaign.title) if campaign else None,
    )
