"""The demo content: a living site for a newcomer, loaded into an empty database."""

from __future__ import annotations

from sqlalchemy import exists, select

from campaign.articles.models import Article
from campaign.articles.publishing import store_articles
from campaign.campaigns.facts import forget_facts
from campaign.campaigns.models import Campaign
from campaign.campaigns.publishing import store_campaigns
from campaign.content.storing import importing
from campaign.resources import folder


def load_demo() -> bool:
    """Load the demo articles and campaigns, all or none. Returns whether it did.

    Where there is any campaign or article already, nothing is touched.
    """
    demo = folder("demo")
    with importing() as session:
        if session.scalar(select(exists(select(Campaign.id)) | exists(select(Article.id)))):
            return False
        store_campaigns(session, sorted((demo / "campaigns").glob("*.md")))
        store_articles(session, sorted((demo / "articles").glob("*.md")))
    forget_facts()
    return True
