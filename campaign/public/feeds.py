"""What machines read: the Atom feed, the map of the site, and where robots may not go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405: it only writes.

from flask import Blueprint, Response, make_response
from sqlalchemy import func, select

from campaign.articles.models import Article
from campaign.campaigns.models import Campaign
from campaign.content.files import without_unwanted
from campaign.extensions import db
from campaign.languages import NAMES
from campaign.links import SITE_NAME, absolute
from campaign.public.cache import keep

pages = Blueprint("feeds", __name__)

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
FRESH_SECONDS = 60
NEWEST = 30
# A map may name no more (sitemaps.org/protocol.html); the lists take a few of them.
MOST_PLACES = 49_000
# Pages whose address holds a token, and those of people who work here.
PRIVATE = ("/confirm/", "/mine/", "/unsubscribe/", "/office", "/staff/", "/dev/")


@dataclass(frozen=True)
class Entry:
    """A campaign or an article, as it was written, in `language`.

    `published` is when the public could first read it.
    """

    path: str
    language: str
    title: str
    summary: str
    author: str
    published: dt.datetime
    updated: dt.datetime


@pages.get("/feed.atom")
def feed() -> Response:
    return _xml(_feed(entries(NEWEST)), "application/atom+xml")


@pages.get("/sitemap.xml")
def sitemap() -> Response:
    places: list[tuple[str, dt.datetime | None]] = [
        (path, None) for path in ("/", "/campaigns", "/articles")
    ]
    places += [(entry.path, entry.updated) for entry in entries(MOST_PLACES)]
    return _xml(_sitemap(places), "application/xml")


@pages.get("/robots.txt")
def robots() -> Response:
    prefixes = ("", *(f"/{code}" for code in NAMES))
    barred = [f"Disallow: {prefix}{path}" for prefix in prefixes for path in PRIVATE]
    lines = ["User-agent: *", *barred]
    response = make_response("\n".join([*lines, "", f"Sitemap: {absolute('/sitemap.xml')}", ""]))
    response.content_type = "text/plain; charset=utf-8"
    return keep(response, FRESH_SECONDS, whatever_query=True)


def entries(most: int) -> list[Entry]:
    """The newest campaigns and articles that the public may see, the newest first."""
    found = [*_articles(most), *_campaigns(most)]
    return sorted(found, key=lambda entry: entry.published, reverse=True)[:most]


def _articles(most: int) -> Iterable[Entry]:
    names = ("slug", "language", "title", "summary", "author", "published", "updated_at")
    shown = select(*(getattr(Article, name) for name in names)).where(Article.shown())
    for row in db.session.execute(shown.order_by(Article.published.desc()).limit(most)):
        path, updated = f"/articles/{row.slug}", max(row.updated_at, row.published)
        said = (row.title, row.summary, row.author)
        yield Entry(path, row.language, *said, row.published, updated)


def _campaigns(most: int) -> Iterable[Entry]:
    # One that is to open later is there to read from the beginning.
    published = func.least(Campaign.opens_at, Campaign.created_at).label("published")
    names = ("slug", "language", "title", "ask", "updated_at")
    shown = select(*(getattr(Campaign, name) for name in names), published)
    shown = shown.where(Campaign.state != "draft").order_by(published.desc()).limit(most)
    for row in db.session.execute(shown):
        path, updated = f"/campaigns/{row.slug}", max(row.updated_at, row.published)
        yield Entry(path, row.language, row.title, row.ask, "", row.published, updated)


def _feed(found: list[Entry]) -> Element:
    """An Atom feed (RFC 4287)."""
    feed = Element("feed", {"xmlns": ATOM})
    _text(feed, "title", SITE_NAME)
    _text(feed, "id", absolute("/"))
    SubElement(feed, "link", {"rel": "alternate", "href": absolute("/")})
    SubElement(feed, "link", {"rel": "self", "href": absolute("/feed.atom")})
    # A feed of nothing has changed last when there was nothing yet.
    latest = max((entry.updated for entry in found), default=dt.datetime.fromtimestamp(0, dt.UTC))
    _text(feed, "updated", _moment(latest))
    SubElement(SubElement(feed, "author"), "name").text = SITE_NAME
    for entry in found:
        _entry(SubElement(feed, "entry"), entry)
    return feed


def _entry(element: Element, entry: Entry) -> None:
    element.set("xml:lang", entry.language)
    _text(element, "title", entry.title)
    _text(element, "id", absolute(entry.path))
    SubElement(element, "link", {"rel": "alternate", "href": absolute(entry.path)})
    _text(element, "published", _moment(entry.published))
    _text(element, "updated", _moment(entry.updated))
    if entry.author:
        SubElement(SubElement(element, "author"), "name").text = entry.author
    if entry.summary:
        _text(element, "summary", entry.summary)


def _sitemap(places: Iterable[tuple[str, dt.datetime | None]]) -> Element:
    site = Element("urlset", {"xmlns": SITEMAP})
    for path, updated in places:
        place = SubElement(site, "url")
        _text(place, "loc", absolute(path))
        if updated:
            _text(place, "lastmod", _moment(updated))
    return site


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = without_unwanted(text)


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def _xml(root: Element, kind: str) -> Response:
    response = make_response(tostring(root, encoding="utf-8", xml_declaration=True))
    response.content_type = f"{kind}; charset=utf-8"
    return keep(response, FRESH_SECONDS, whatever_query=True)
