"""The demo content: complete, whole, and only ever on an empty site."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.articles.demo import load_demo
from campaign.articles.models import Article
from campaign.campaigns.models import Campaign, Official
from campaign.extensions import db
from campaign.resources import folder
from tests.support.making import make_campaign, rows

FILES = sorted(folder("demo").glob("*/*.md"))
ORIGINALS = [file for file in FILES if "." not in file.stem]
OTHERS = ("es", "fr", "ar")


def test_an_empty_site_comes_alive(app: Flask) -> None:
    assert load_demo()
    campaigns = set(db.session.scalars(select(Campaign.slug)))
    assert campaigns == {"night-buses", "clean-tamsel", "school-libraries"}
    articles = db.session.scalars(select(Article)).all()
    assert len(articles) == 4
    assert {article.campaign.slug for article in articles if article.campaign} == campaigns


def test_a_second_time_does_nothing(app: Flask) -> None:
    assert load_demo()
    before = rows("SELECT id, markdown, updated_at FROM article ORDER BY id")
    assert not load_demo()
    assert rows("SELECT id, markdown, updated_at FROM article ORDER BY id") == before


def test_a_site_with_a_campaign_of_its_own_is_left_alone(app: Flask) -> None:
    make_campaign("ours")
    assert not load_demo()
    assert list(db.session.scalars(select(Campaign.slug))) == ["ours"]


def test_every_link_in_the_demo_leads_somewhere(app: Flask) -> None:
    load_demo()
    client = app.test_client()
    for article in db.session.scalars(select(Article)).all():
        page = client.get(f"/articles/{article.slug}")
        assert page.status_code == 200
        read_more = re.findall(r'class="read-more">(.*?)</p>', page.text)
        assert read_more
        assert all("<a href=" in link for link in read_more)
        for href in set(re.findall(r'href="(/(?:articles|campaigns)/[^"]+)"', page.text)):
            assert client.get(href).status_code == 200, href


def test_officials_have_addresses_that_reach_nobody(app: Flask) -> None:
    load_demo()
    assert all(
        email.endswith(".example.org") for email in db.session.scalars(select(Official.email))
    )


@pytest.mark.parametrize("path", ORIGINALS, ids=lambda path: path.stem)
def test_the_demo_has_the_length_that_its_readers_are_promised(path: Path) -> None:
    body = path.read_text().split("\n---\n", 1)[1]
    shortest, longest = (350, 600) if path.parent.name == "articles" else (120, 250)
    assert shortest <= len(body.split()) <= longest


@pytest.mark.parametrize("path", ORIGINALS, ids=lambda path: path.stem)
def test_every_original_says_as_much_in_every_language(path: Path) -> None:
    """The same parts in the same order: paragraphs, headings, lists, call-outs, links."""
    for code in OTHERS:
        other = path.with_name(f"{path.stem}.{code}.md")
        assert shape(other) == shape(path), other


def shape(path: Path) -> list[str]:
    """How each block of a text begins."""
    body = path.read_text().split("\n---\n", 1)[1]
    marks = r"#+ |- |[0-9]\. |> |Take Action:|\[?Read [Mm]ore:"
    begins = [re.match(marks, line) for line in body.splitlines() if line]
    return [found[0].lstrip("[").lower() if found else "text" for found in begins]


@pytest.mark.usefixtures("four_languages")
@pytest.mark.parametrize("code", OTHERS)
def test_the_demo_is_all_there_in_every_language(app: Flask, code: str) -> None:
    load_demo()
    client = app.test_client()
    for article in db.session.scalars(select(Article)).all():
        page = client.get(f"/{code}/articles/{article.slug}").text
        assert article.title not in page
        read_more = re.findall(r'class="read-more">(.*?)</p>', page)
        assert read_more
        assert all("<a href=" in link for link in read_more)
    for campaign in db.session.scalars(select(Campaign)).all():
        page = client.get(f"/{code}/campaigns/{campaign.slug}").text
        assert campaign.title not in page
        assert "Only in this language" not in page
