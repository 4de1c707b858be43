"""What the public pages show: plain values made from campaigns, articles and counts."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from campaign.articles.models import Article, ArticleTranslation
from campaign.campaigns.models import Campaign, PledgeText
from campaign.languages import language
from campaign.public.picture_views import PictureView, picture_view
from campaign.public.pledge_texts import pledge_html


@dataclass(frozen=True)
class CampaignCard:
    """A campaign in a list. `lang` is the language that its words are in."""

    slug: str
    lang: str
    title: str
    ask: str
    summary: str
    count: int
    goal: int
    percent: int
    state: str
    closes_on: dt.date | None
    opens_on: dt.date | None
    accepting: bool
    seed: int
    picture: PictureView | None


@dataclass(frozen=True)
class CampaignView(CampaignCard):
    """A campaign on its own page.

    `pledge_html` says by itself which language it is in, and has the original where it is shown
    in another; `pledge_lang` is the language that is shown.
    """

    pledge_html: Markup
    pledge_lang: str
    text_version: int
    officials: list[dict[str, str]]
    articles: list[ArticleCard]


@dataclass(frozen=True)
class ArticleCard:
    """An article in a list. `lang` is the language that its words are in."""

    slug: str
    lang: str
    title: str
    section: str
    topic: str
    author: str
    published: dt.date
    summary: str
    seed: int
    picture: PictureView | None


@dataclass(frozen=True)
class Block:
    """A part of an article: `html`, `take_action` (text) or `read_more` (title, href)."""

    kind: str
    html: Markup = field(default_factory=Markup)
    text: str = ""
    title: str = ""
    href: str | None = None


@dataclass(frozen=True)
class ArticleView(ArticleCard):
    """An article on its own page."""

    blocks: list[Block]


def campaign_card(campaign: Campaign, count: int) -> CampaignCard:
    return CampaignCard(**_card_values(campaign, count, language()))


def campaign_view(
    campaign: Campaign,
    text: PledgeText,
    count: int,
    articles: list[Article],
    *,
    wanted: str | None = None,
) -> CampaignView:
    """The campaign in the language `wanted`, by default the one that is spoken now."""
    wanted = wanted or language()
    translation = text.translation(wanted) if wanted != campaign.language else None
    return CampaignView(
        **_card_values(campaign, count, wanted),
        pledge_html=pledge_html(campaign, text, translation, wanted),
        pledge_lang=translation.language if translation else campaign.language,
        text_version=text.version,
        officials=[
            {"name": official.name, "title": official.title, "body": official.body}
            for official in campaign.officials
        ],
        articles=[article_card(article) for article in articles],
    )


def article_card(article: Article) -> ArticleCard:
    return ArticleCard(**_article_values(article, article.words(language())))


def article_view(article: Article, slugs_by_title: dict[str, str]) -> ArticleView:
    words = article.words(language())
    blocks = [_block(raw, slugs_by_title) for raw in words.blocks]
    return ArticleView(**_article_values(article, words), blocks=blocks)


def _card_values(campaign: Campaign, count: int, wanted: str) -> dict[str, Any]:
    words = campaign.words(wanted)
    now = dt.datetime.now(dt.UTC)
    opens, closes = campaign.opens_at, campaign.closes_at
    over = campaign.state == "open" and closes is not None and closes <= now
    early = opens is not None and now < opens
    state = "closed" if over else campaign.state
    return {
        "slug": campaign.slug,
        "lang": words.language,
        "title": words.title,
        "ask": words.ask,
        "summary": words.summary,
        "count": count,
        "goal": campaign.goal,
        "percent": min(100, count * 100 // campaign.goal) if campaign.goal else 0,
        "state": state,
        # Closing at midnight means that the day before was the last one to sign on.
        "closes_on": (closes - dt.timedelta(seconds=1)).date() if closes else None,
        "opens_on": opens.date() if opens and early else None,
        "accepting": state == "open" and not early,
        "seed": zlib.crc32(campaign.slug.encode()),
        "picture": picture_view(campaign.picture, words.picture_alt or campaign.picture_alt),
    }


def _article_values(article: Article, words: Article | ArticleTranslation) -> dict[str, Any]:
    # Only the preview of a draft has none.
    published = article.published or dt.datetime.now(dt.UTC)
    return {
        "slug": article.slug,
        "lang": words.language,
        "title": words.title,
        "section": words.section or article.section,
        "topic": words.topic or article.topic,
        "author": article.author,
        "summary": words.summary,
        "published": published.astimezone(dt.UTC).date(),
        "seed": zlib.crc32(article.slug.encode()),
        "picture": picture_view(article.picture, words.picture_alt or article.picture_alt),
    }


def _block(raw: dict[str, str], slugs_by_title: dict[str, str]) -> Block:
    if raw["kind"] == "html":
        return Block("html", html=Markup(raw["html"]))  # nosec B704: made safe on import.
    if raw["kind"] == "take_action":
        return Block("take_action", text=raw["text"])
    # A bare title becomes a link as soon as an article of that title exists.
    slug = slugs_by_title.get(raw["title"].casefold())
    href = raw.get("href") or (f"/articles/{slug}" if slug else None)
    return Block("read_more", title=raw["title"], href=href)
