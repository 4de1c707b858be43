"""Which translations an article has, and each as the values of its form."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.articles.models import Article, ArticleTranslation
from campaign.articles.values import article_values
from campaign.content.translating import KNOWN, OpenedTranslation, State, as_opened, states
from campaign.errors import NotFound
from campaign.extensions import db

KEYS = ("title", "section", "topic", "summary", "picture_alt")


def originals(session: Session) -> dict[str, str]:
    """The language that every article is written in, by its slug."""
    found = session.execute(select(Article.slug, Article.language))
    return {row.slug: row.language for row in found}


def find_original(session: Session, slug: str, language: str) -> Article:
    """The article `slug`, to be translated into `language`.

    Raises NotFound, also for a language that is not known or is that of the original.
    """
    article = session.scalar(select(Article).where(Article.slug == slug))
    if article is None or language not in KNOWN or language == article.language:
        raise NotFound
    return article


def find_row(session: Session, article: Article, language: str) -> ArticleTranslation | None:
    """The article's translation into `language`."""
    key = {"article_id": article.id, "language": language}
    return session.get(ArticleTranslation, key)


def translation_values(session: Session, article: Article, language: str) -> dict[str, Any] | None:
    """What the form of a translation would send to store it as it is; None without one."""
    row = find_row(session, article, language)
    if row is None:
        return None
    return {"slug": article.slug, **{name: getattr(row, name) for name in (*KEYS, "markdown")}}


def opened_translation(slug: str, language: str) -> OpenedTranslation:
    """The form for the article `slug` in `language`, and the original. Raises NotFound."""
    with Session(db.engine) as session:
        article = find_original(session, slug, language)
        original = article_values(session, slug) or {}
        values = translation_values(session, article, language) or {"slug": slug}
        row = find_row(session, article, language)
        return OpenedTranslation(original, article.language, as_opened(row, values))


def translation_states(slug: str) -> tuple[str, str, list[State]]:
    """The title and language of the article `slug`, and how it stands with every other language."""
    article = db.session.scalar(select(Article).where(Article.slug == slug))
    if article is None:
        raise NotFound
    return article.title, article.language, states(article.language, article.translations)
