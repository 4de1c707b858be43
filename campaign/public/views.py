"""What the public pages show: plain values made from campaigns, articles and counts."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from campaign.articles.models import Article
from campaign.campaigns.models import Campaign, PledgeText
from campaign.content.models import Picture
from campaign.content.pictures import SMALL


@dataclass(frozen=True)
class PictureView:
    """A lead picture in two sizes; width and height are those of the large one."""

    large: str
    small: str
    width: int
    height: int
    small_width: int
    alt: str


@dataclass(frozen=True)
class CampaignCard:
    """A campaign in a list."""

    slug: str
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
    """A campaign on its own page."""

    pledge_html: Markup
    text_version: int
    officials: list[dict[str, str]]
    articles: list[ArticleCard]


@dataclass(frozen=True)
class ArticleCard:
    """An article in a list."""

    slug: str
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
    return CampaignCard(**_card_values(campaign, count))


def campaign_view(
    campaign: Campaign, text: PledgeText, count: int, articles: list[Article]
) -> CampaignView:
    return CampaignView(
        **_card_values(campaign, count),
        pledge_html=Markup(text.html),  # nosec B704: made safe on import.
        text_version=text.version,
        officials=[
            {"name": official.name, "title": official.title, "body": official.body}
            for official in campaign.officials
        ],
        articles=[article_card(article) for article in articles],
    )


def article_card(article: Article) -> ArticleCard:
    return ArticleCard(**_article_values(article))


def article_view(article: Article, slugs_by_title: dict[str, str]) -> ArticleView:
    blocks = [_block(raw, slugs_by_title) for raw in article.blocks]
    return ArticleView(**_article_values(article), blocks=blocks)


def _card_values(campaign: Campaign, count: int) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    opens, closes = campaign.opens_at, campaign.closes_at
    over = campaign.state == "open" and closes is not None and closes <= now
    early = opens is not None and now < opens
    state = "closed" if over else campaign.state
    return {
        "slug": campaign.slug,
        "title": campaign.title,
        "ask": campaign.ask,
        "summary": campaign.summary,
        "count": count,
        "goal": campaign.goal,
        "percent": min(100, count * 100 // campaign.goal) if campaign.goal else 0,
        "state": state,
        # Closing at midnight means that the day before was the last one to sign on.
        "closes_on": (closes - dt.timedelta(seconds=1)).date() if closes else None,
        "opens_on": opens.date() if opens and early else None,
        "accepting": state == "open" and not early,
        "seed": zlib.crc32(campaign.slug.encode()),
        "picture": _picture(campaign.picture, campaign.picture_alt),
    }


def _article_values(article: Article) -> dict[str, Any]:
    names = ("slug", "title", "section", "topic", "author", "summary")
    # Only the preview of a draft has none.
    published = article.published or dt.datetime.now(dt.UTC)
    return {
        **{name: getattr(article, name) for name in names},
        "published": published.astimezone(dt.UTC).date(),
        "seed": zlib.crc32(article.slug.encode()),
        "picture": _picture(article.picture, article.picture_alt),
    }


def _picture(picture: Picture | None, alt: str) -> PictureView | None:
    if picture is None:
        return None
    name, (width, height) = picture.sha256.hex(), (picture.width, picture.height)
    most_wide, most_high = SMALL
    return PictureView(
        large=f"/pictures/{name}.webp",
        small=f"/pictures/{name}-small.webp",
        width=width,
        height=height,
        small_width=max(1, min(width, most_wide, most_high * width // height)),
        alt=alt,
    )


def _block(raw: dict[str, str], slugs_by_title: dict[str, str]) -> Block:
    if raw["kind"] == "html":
        return Block("html", html=Markup(raw["html"]))  # nosec B704: made safe on import.
    if raw["kind"] == "take_action":
        return Block("take_action", text=raw["text"])
    # A bare title becomes a link as soon as an article of that title exists.
    slug = slugs_by_title.get(raw["title"].casefold())
    href = raw.get("href") or (f"/articles/{slug}" if slug else None)
    return Block("read_more", title=raw["title"], href=href)
