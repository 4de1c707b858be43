"""What machines are told of a page: its one address, its picture, what can be done about it."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from campaign import languages
from campaign.languages import NAMES
from campaign.public import meta
from tests.public.conftest import make_articles
from tests.support.making import make_campaign

SITE = "http://127.0.0.1:8000"


def told(page: str) -> dict[str, str]:
    """The Open Graph and Twitter values of a page."""
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def data_of(page: str) -> dict[str, Any]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(blocks) == 1
    found: dict[str, Any] = json.loads(blocks[0])
    return found


def canonical(page: str) -> str:
    links: list[str] = re.findall(r'<link rel="canonical" href="([^"]+)">', page)
    assert len(links) == 1
    return links[0]


def test_a_campaign_tells_others_what_to_show(client: FlaskClient) -> None:
    make_campaign(title='Buses & "trams"')
    page = client.get("/campaigns/night-buses?utm_source=x").text
    found = told(page)
    assert found["og:title"] == 'Buses & "trams"'
    assert found["og:description"] == "Run a bus on every line, every night."
    assert found["og:url"] == canonical(page) == f"{SITE}/campaigns/night-buses"
    assert found["og:image"] == f"{SITE}/campaigns/night-buses/share.png"
    assert found["og:locale"].startswith("en_")
    assert found["twitter:card"] == "summary_large_image"
    assert client.get(found["og:image"].removeprefix(SITE)).content_type == "image/png"


def test_an_article_tells_what_its_reader_can_do(client: FlaskClient) -> None:
    make_articles(1, make_campaign(ask="Run </script><b>buses & 'trams'"))
    page = client.get("/articles/article-1").text
    found = data_of(page)
    assert (found["@context"], found["@type"]) == ("https://schema.org", "Article")
    assert found["headline"] == "Article 1"
    assert found["author"] == {"@type": "Person", "name": "Wren Adebayo"}
    assert found["datePublished"] == "2026-01-02"
    assert found["mainEntityOfPage"] == canonical(page) == f"{SITE}/articles/article-1"
    action = found["potentialAction"]
    assert action["description"] == "Run </script><b>buses & 'trams'"
    assert action["target"]["urlTemplate"] == f"{SITE}/campaigns/night-buses?from=article-1"
    assert told(page)["og:type"] == "article"
    assert told(page)["og:image"] == f"{SITE}/campaigns/night-buses/share.png"


def test_a_closed_campaign_asks_for_nothing_more(client: FlaskClient) -> None:
    make_articles(1, make_campaign(state="closed"))
    assert "potentialAction" not in data_of(client.get("/articles/article-1").text)


def test_with_one_language_there_are_no_others_to_name(client: FlaskClient) -> None:
    make_campaign()
    if len(NAMES) == 1:
        assert "hreflang" not in client.get("/campaigns/night-buses").text


def test_each_language_has_an_address_of_its_own(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign()
    monkeypatch.setattr(languages, "translations", lambda _: languages.NullTranslations())
    monkeypatch.setitem(NAMES, "es", "Español")
    page = client.get("/es/campaigns/night-buses").text
    links = dict(re.findall(r'hreflang="([^"]+)" href="([^"]+)"', page))
    assert links["es"] == canonical(page) == f"{SITE}/es/campaigns/night-buses"
    assert links["en"] == f"{SITE}/en/campaigns/night-buses"
    assert links["x-default"] == f"{SITE}/campaigns/night-buses"
    assert told(page)["og:locale"] == "es_ES"


@pytest.mark.parametrize(("code", "locale"), [("fr", "fr_FR"), ("ar", "ar_EG"), ("en", "en_US")])
def test_a_locale_is_a_language_and_its_usual_country(
    monkeypatch: pytest.MonkeyPatch, code: str, locale: str
) -> None:
    monkeypatch.setattr(meta, "language", lambda: code)
    assert meta.open_graph_locale() == locale
