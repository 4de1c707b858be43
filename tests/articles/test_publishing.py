"""Importing articles."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.articles.models import Article
from campaign.articles.publishing import import_articles
from campaign.content.storing import Imported
from campaign.extensions import db
from tests.content.examples import ARTICLE
from tests.support.making import make_campaign


def write(folder: Path, text: str, name: str = "a.md") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def only_article() -> Article:
    db.session.expire_all()
    db.session.rollback()
    return db.session.scalars(select(Article)).one()


def test_a_new_article_is_added_with_everything_in_its_file(app: Flask, tmp_path: Path) -> None:
    campaign_id = make_campaign().id
    assert import_articles([write(tmp_path, ARTICLE)]) == [Imported("the-last-bus", "added")]
    article = only_article()
    assert (article.title, article.slug) == ("The last bus", "the-last-bus")
    assert (article.section, article.topic) == ("Stories", "Getting Around")
    assert article.author == "Ada Okafor"
    assert article.published == dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
    assert (article.summary, article.campaign_id) == ("Nobody counted them.", campaign_id)
    assert article.markdown.startswith("“At ten to one” the door opens.\n\nTake Action: ")
    assert article.blocks == [
        {"kind": "html", "html": "<p>“At ten to one” the door opens.</p>\n"},
        {"kind": "take_action", "text": "Ask for night buses"},
        {"kind": "read_more", "title": "The harbour bus", "href": "/articles/the-harbour-bus"},
    ]


def test_importing_again_changes_what_changed(app: Flask, tmp_path: Path) -> None:
    make_campaign()
    path = write(tmp_path, ARTICLE)
    import_articles([path])
    first = only_article()
    number, time = first.id, first.updated_at
    assert import_articles([path]) == [Imported("the-last-bus", "unchanged")]
    assert only_article().updated_at == time
    text = ARTICLE.replace("Stories", "News").replace("campaign: night-buses\n", "")
    write(tmp_path, text.replace("Take Action: Ask for night buses", "Goodbye."))
    assert import_articles([path]) == [Imported("the-last-bus", "updated")]
    again = only_article()
    assert (again.id, again.section, again.campaign_id) == (number, "News", None)
    assert again.updated_at > time
    assert [block["kind"] for block in again.blocks] == ["html", "read_more"]


def test_a_draft_stays_one_until_a_file_says_otherwise(app: Flask, tmp_path: Path) -> None:
    make_campaign()
    draft = ARTICLE.replace("published: 2026-11-16", "state: draft")
    import_articles([write(tmp_path, draft)])
    assert (only_article().state, only_article().published) == ("draft", None)
    import_articles([write(tmp_path, ARTICLE)])
    assert only_article().state == "draft"
    import_articles([write(tmp_path, ARTICLE.replace("title:", "state: published\ntitle:"))])
    assert only_article().state == "published"


def test_a_file_may_name_articles_to_read_on_with(app: Flask, tmp_path: Path) -> None:
    make_campaign()
    related = ARTICLE.replace("title:", "related: [b, a, b]\ntitle:")
    import_articles([write(tmp_path, related)])
    assert only_article().related == ["b", "a"]
    assert import_articles([write(tmp_path, related)])[0].outcome == "unchanged"


def test_an_article_shows_on_its_page(app: Flask, tmp_path: Path) -> None:
    make_campaign()
    import_articles([write(tmp_path, ARTICLE)])
    page = app.test_client().get("/articles/the-last-bus").text
    assert "<p>“At ten to one” the door opens.</p>" in page
    assert "Ask for night buses" in page
    assert 'href="/campaigns/night-buses?from=the-last-bus"' in page
    assert '<a href="/articles/the-harbour-bus">The harbour bus</a>' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize(
    ("other", "shown"),
    [
        ("The Harbour Bus", '<a href="/articles/harbour">the HARBOUR bus</a>'),
        ("Something Else", "<span>the HARBOUR bus</span>"),
    ],
)
def test_a_title_to_read_on_is_a_link_when_that_article_exists(
    app: Flask, tmp_path: Path, other: str, shown: str
) -> None:
    make_campaign()
    # A slug of its own each time: pages are kept for a moment, also from test to test.
    slug = f"reading-{other.split()[0].lower()}"
    text = ARTICLE.replace("[The harbour bus](/articles/the-harbour-bus)", "the HARBOUR bus")
    first = write(tmp_path, text.replace("slug: the-last-bus", f"slug: {slug}"))
    text = ARTICLE.replace("The last bus", other).replace("the-last-bus", "harbour")
    import_articles([first, write(tmp_path, text, "b.md")])
    assert shown in app.test_client().get(f"/articles/{slug}").text


def test_the_same_article_imported_at_the_same_time_is_added_once(
    app: Flask, tmp_path: Path
) -> None:
    make_campaign()
    path = write(tmp_path, ARTICLE)

    def run(_: int) -> str:
        with app.app_context():
            return import_articles([path])[0].outcome

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == ["added", *["unchanged"] * 3]
