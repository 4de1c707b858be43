"""An article as it would be, without storing it."""

from __future__ import annotations

from campaign.articles.models import Article
from campaign.articles.publishing import article_draft
from campaign.campaigns.models import Campaign
from campaign.content.drafts import Values
from campaign.content.models import Picture
from campaign.extensions import db


def unsaved_article(values: Values) -> tuple[Article, Campaign | None]:
    """The article that a form describes, however unfinished, and the campaign it leads to."""
    draft = article_draft(db.session(), values)
    sha256, campaign_id = draft.values["picture_sha256"], draft.values["campaign_id"]
    article = Article(**draft.values)
    article.picture = db.session.get(Picture, sha256) if sha256 else None
    return article, db.session.get(Campaign, campaign_id) if campaign_id else None
