"""Saving an article from its form."""

from __future__ import annotations

import datetime as dt

from campaign.accounts.audit import Actor
from campaign.articles.models import Article
from campaign.articles.publishing import article_draft, store
from campaign.content.drafts import Values, refuse_form
from campaign.content.history import Saved, lock, note_taken
from campaign.content.rules import suggested_slug, written
from campaign.content.storing import importing


def save_article(
    values: Values, *, actor: Actor, slug: str | None = None, revision: int = 0
) -> Saved:
    """Add an article, or save the article `slug` that was opened at `revision`.

    The rules are those for files. What is published without a date is published now. Raises
    Invalid by field, NotFound, and Stale when somebody else has saved since.
    """
    if values.get("state") == "published" and not values.get("published"):
        values = {**values, "published": written(dt.datetime.now(dt.UTC))}
    with importing() as session:
        if slug is not None:
            lock(session, Article, slug, revision)
            values = {**values, "slug": slug}
        elif not values.get("slug"):
            values = {**values, "slug": suggested_slug(str(values.get("title", "")))}
        draft = article_draft(session, values)
        if slug is None:
            note_taken(session, Article, draft)
        refuse_form(draft)
        return store(session, draft, actor)
