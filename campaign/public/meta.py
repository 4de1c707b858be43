"""What machines are told of a page: https://schema.org for search engines, and Open Graph."""

from __future__ import annotations

from typing import Any

from babel.core import get_global

from campaign.languages import language
from campaign.links import SITE_NAME, absolute
from campaign.public.languages import to
from campaign.public.views import ArticleView, CampaignCard


def article_data(article: ArticleView, campaign: CampaignCard | None) -> dict[str, Any]:
    """An article, and what its reader can do about it, in the words of schema.org."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "datePublished": article.published.isoformat(),
        "mainEntityOfPage": absolute(to(f"/articles/{article.slug}")),
        "publisher": {"@type": "Organization", "name": SITE_NAME, "url": absolute("/")},
    }
    if article.summary:
        data["description"] = article.summary
    if article.author:
        data["author"] = {"@type": "Person", "name": article.author}
    if article.picture:
        data["image"] = absolute(article.picture.large)
    if campaign and campaign.accepting:
        data["potentialAction"] = _action(campaign, article.slug)
    return data


def _action(campaign: CampaignCard, source: str) -> dict[str, Any]:
    address = absolute(to(f"/campaigns/{campaign.slug}?from={source}"))
    return {
        "@type": "EndorseAction",
        "name": campaign.title,
        "description": campaign.ask,
        "target": {"@type": "EntryPoint", "urlTemplate": address},
    }


def open_graph_locale() -> str:
    """The language that is spoken now with its usual country, such as `fr_FR`."""
    code = language()
    likely = get_global("likely_subtags").get(code, code).split("_")
    return f"{code}_{likely[-1]}" if len(likely) > 1 else code
