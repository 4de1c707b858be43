"""An article as the values of its form: what is edited, compared and kept of every save."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from campaign.articles.models import Article
from campaign.content.rules import written


def article_values(session: Session, slug: str) -> dict[str, Any] | None:
    """What the form of the article `slug` would send to store it as it is; None without one."""
    chosen = select(Article).where(Article.slug == slug).options(joinedload(Article.campaign))
    found = session.scalar(chosen.execution_options(populate_existing=True))
    if found is None:
        return None
    names: tuple[str, ...] = ("title", "slug", "section", "topic", "author", "summary", "state")
    names += ("language",)
    return {
        **{name: getattr(found, name) for name in names},
        "published": written(found.published),
        "campaign": found.campaign.slug if found.campaign else "",
        "related": list(found.related),
        "picture": found.picture_sha256.hex() if found.picture_sha256 else "",
        "picture_alt": found.picture_alt,
        "markdown": found.markdown,
    }
