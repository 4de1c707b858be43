"""Which articles the public sees, and when."""

from __future__ import annotations

import datetime as dt

import pytest
from flask.testing import FlaskClient

from campaign.articles.models import Article
from campaign.campaigns.models import Campaign
from campaign.extensions import db
from tests.support.making import make_campaign

NOW = dt.datetime.now(dt.UTC)
HIDDEN = {
    "draft": {"state": "draft", "published": NOW - dt.timedelta(days=1)},
    "undated draft": {"state": "draft", "published": None},
    "scheduled": {"state": "published", "published": NOW + dt.timedelta(hours=1)},
}


def make(slug: str, campaign: Campaign, **values: object) -> None:
    given = {"state": "published", "published": NOW - dt.timedelta(hours=1), **values}
    blocks = given.pop("blocks", [{"kind": "html", "html": "<p>Words.</p>"}])
    db.session.add(
        Article(
            slug=slug,
            title=f"About {slug}",
            section="News",
            topic="Buses",
            author="Ada",
            summary="",
            markdown="Words.\n",
            blocks=blocks,
            campaign_id=campaign.id,
            **given,
        )
    )
    db.session.commit()


@pytest.mark.parametrize("kind", HIDDEN)
def test_nothing_public_shows_an_article_before_its_time(client: FlaskClient, kind: str) -> None:
    campaign = make_campaign()
    make("hidden", campaign, **HIDDEN[kind])
    read_more = [{"kind": "read_more", "title": "About hidden"}]
    make("shown", campaign, blocks=read_more, related=["hidden"])
    assert client.get("/articles/hidden").status_code == 404
    for path in ("/", "/articles", "/articles/shown", "/campaigns/night-buses"):
        page = client.get(path).text
        assert "/articles/hidden" not in page, path
        assert "/articles/shown" in page


def test_an_article_shows_from_its_time_on(client: FlaskClient) -> None:
    campaign = make_campaign()
    make("soon", campaign, published=NOW + dt.timedelta(hours=1))
    assert client.get("/articles/soon").status_code == 404
    db.session.query(Article).update({"published": NOW - dt.timedelta(seconds=1)})
    db.session.commit()
    assert client.get("/articles/soon").status_code == 200


def test_hidden_articles_fill_no_page_of_the_list(client: FlaskClient) -> None:
    campaign = make_campaign()
    for number in range(13):
        make(f"draft-{number}", campaign, state="draft")
    assert "There is nothing to read here yet" in client.get("/articles").text
    assert client.get("/articles?page=2").status_code == 404


def test_what_was_chosen_to_read_on_comes_first_and_in_order(client: FlaskClient) -> None:
    campaign = make_campaign()
    for number in range(6):
        make(f"part-{number}", campaign, published=NOW - dt.timedelta(days=number + 1))
    make("main", campaign, related=["part-5", "missing", "part-4"])
    page = client.get("/articles/main").text
    places = [page.index(f"/articles/part-{number}") for number in (5, 4, 0)]
    assert places == sorted(places)
    assert "part-1" not in page
