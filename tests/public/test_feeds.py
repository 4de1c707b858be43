"""What machines read: the feed, the map of the site, the rules for robots."""

from __future__ import annotations

import datetime as dt
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask.testing import FlaskClient

from campaign.public.feeds import ATOM, NEWEST, PRIVATE, SITEMAP
from tests.delivery.making import change

NAMES = {"a": ATOM, "s": SITEMAP}
PAGE = "/campaigns/night-buses"


def read(client: FlaskClient, path: str) -> Element:
    response = client.get(path)
    assert response.status_code == 200
    return fromstring(response.data)


def texts(root: Element, path: str) -> list[str]:
    return [found.text or "" for found in root.findall(path, NAMES)]


def test_the_feed_has_what_the_public_may_read(reader: FlaskClient) -> None:
    feed = read(reader, "/feed.atom")
    ids = texts(feed, "a:entry/a:id")
    home = texts(feed, "a:id")[0].rstrip("/")
    assert f"{home}{PAGE}" in ids
    assert {f"{home}/articles/article-{number}" for number in range(1, 14)} < set(ids)
    moments = texts(feed, "a:entry/a:published")
    assert moments == sorted(moments, reverse=True)
    assert max(texts(feed, "a:entry/a:updated")) == texts(feed, "a:updated")[0]
    assert "Wren Adebayo" in texts(feed, "a:entry/a:author/a:name")
    for id_, link in zip(ids, feed.findall("a:entry/a:link", NAMES), strict=True):
        assert link.get("href") == id_


def test_the_feed_says_each_entry_in_the_language_that_it_is_written_in(
    reader: FlaskClient,
) -> None:
    change("UPDATE article SET language = 'ar' WHERE slug = 'article-1'")
    feed = fromstring(reader.get("/es/feed.atom", headers={"Accept-Language": "fr"}).data)
    said = "{http://www.w3.org/XML/1998/namespace}lang"
    assert feed.get(said) is None
    assert {entry.get(said) for entry in feed.findall("a:entry", NAMES)} == {"en", "ar"}


@pytest.mark.parametrize("path", ["/feed.atom", "/sitemap.xml"])
def test_drafts_and_what_comes_later_are_in_none(reader: FlaskClient, path: str) -> None:
    change("UPDATE campaign SET state = 'draft'")
    change("UPDATE article SET published = now() + interval '1 day' WHERE slug = 'article-1'")
    change("UPDATE article SET state = 'draft' WHERE slug = 'article-2'")
    text = reader.get(path).text
    assert "/articles/article-3" in text
    for hidden in (PAGE, "/articles/article-1<", "/articles/article-2<"):
        assert hidden not in text


@pytest.mark.parametrize("path", ["/feed.atom", "/sitemap.xml"])
def test_titles_of_any_characters_leave_it_whole(reader: FlaskClient, path: str) -> None:
    change("UPDATE article SET title = 'A < b & “c” ' || chr(11) || ' ]]> 中文', summary = chr(1)")
    root = read(reader, path)
    if path == "/feed.atom":
        assert "A < b & “c”  ]]> 中文" in texts(root, "a:entry/a:title")


def test_the_feed_holds_the_newest_only(reader: FlaskClient) -> None:
    change(
        "INSERT INTO article (slug, title, section, topic, author, published, summary, markdown,"
        " blocks) SELECT 'more-' || n, 'More', 'News', '', '', now() - n * interval '1 minute',"
        " '', '', '[]' FROM generate_series(1, 40) n"
    )
    ids = texts(read(reader, "/feed.atom"), "a:entry/a:id")
    assert len(ids) == NEWEST
    assert sum("/articles/more-" in one for one in ids) >= NEWEST - 1


def test_a_site_without_content_has_an_empty_feed(client: FlaskClient) -> None:
    feed = read(client, "/feed.atom")
    assert texts(feed, "a:entry/a:id") == []
    assert dt.datetime.fromisoformat(texts(feed, "a:updated")[0]).year == 1970


def test_the_map_leads_to_pages_that_are_there(reader: FlaskClient) -> None:
    places = texts(read(reader, "/sitemap.xml"), "s:url/s:loc")
    assert len(places) == len(set(places)) == 3 + 1 + 13
    home = places[0].rstrip("/")
    for place in places:
        assert place.startswith(home)
        assert reader.get(place.removeprefix(home)).status_code == 200


def test_robots_are_kept_from_private_pages_and_shown_the_map(reader: FlaskClient) -> None:
    lines = reader.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert [f"Disallow: {path}" for path in PRIVATE] == lines[1 : 1 + len(PRIVATE)]
    # Links in mails name a language, too.
    assert {"Disallow: /es/mine/", "Disallow: /ar/confirm/"} < set(lines)
    assert lines[-1].startswith("Sitemap: http")
    assert lines[-1].endswith("/sitemap.xml")


def test_pages_lead_to_the_feed(reader: FlaskClient) -> None:
    link = '<link rel="alternate" type="application/atom+xml"'
    for path in ("/", "/articles", PAGE):
        assert link in reader.get(path).text


@pytest.mark.parametrize("path", ["/feed.atom", "/sitemap.xml", "/robots.txt"])
def test_they_are_the_same_for_everyone(reader: FlaskClient, path: str) -> None:
    response = reader.get(f"{path}?x=1")
    assert response.headers["Cache-Control"].startswith("public, max-age=")
    assert "Set-Cookie" not in response.headers
