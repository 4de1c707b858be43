"""An article as it would be, without storing it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campaign.articles.models import Article
from campaign.articles.publishing import article_draft
from campaign.articles.translating import translation_draft
from campaign.articles.translations import KEYS, find_original
from campaign.campaigns.models import Campaign
from campaign.content.drafts import Values
from campaign.content.models import Picture
from campaign.extensions import db
from campaign.languages import DEFAULT


def unsaved_article(values: Values) -> tuple[Article, Campaign | None]:
    """The article that a form describes, however unfinished, and the campaign it leads to."""
    draft = article_draft(db.session(), values)
    sha256, campaign_id = draft.values["picture_sha256"], draft.values["campaign_id"]
    language = draft.values.pop("language") or DEFAULT
    article = Article(**draft.values, language=language)
    article.picture = db.session.get(Picture, sha256) if sha256 else None
    return article, db.session.get(Campaign, campaign_id) if campaign_id else None


def unsaved_translation(values: Values, slug: str, language: str) -> Article:
    """The stored article with the words that the form for a translation has. Raises NotFound.

    It belongs to no session, so that nothing of it can be stored.
    """
    with Session(db.engine, autoflush=False) as session:
        article = find_original(session, slug, language)
        draft = translation_draft(values, slug, language)
        _ = article.campaign  # Read now: without a session it cannot be.
        session.expunge_all()
    for name in (*KEYS, "blocks"):
        setattr(article, name, draft.values[name] or getattr(article, name))
    article.language = language
    return article
