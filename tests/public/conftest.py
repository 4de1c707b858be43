"""A site for the pages: one campaign, and enough articles for two pages of them; and a watch on
the log of the running site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from campaign.articles.models import Article
from campaign.campaigns.models import Campaign
from campaign.extensions import db
from tests.support.making import confirm_token, form, make_campaign
from tests.support.site import Site


def make_articles(number: int, campaign: Campaign) -> None:
    """Articles that lead to the campaign, the last the newest."""
    for index in range(1, number + 1):
        db.session.add(
            Article(
                slug=f"article-{index}",
                title=f"Article {index}",
                section="News",
                topic="Getting Around",
                author="Wren Adebayo",
                published=dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=index),
                summary="",
                markdown="",
                blocks=[
                    {"kind": "html", "html": "<p>Nobody had asked.</p>"},
                    {"kind": "take_action", "text": "Ask for night buses"},
                    {"kind": "read_more", "title": "Article 2"},
                ],
                campaign_id=campaign.id,
                updated_at=dt.datetime.now(dt.UTC),
            )
        )
    db.session.commit()


@pytest.fixture
def reader(client: FlaskClient) -> FlaskClient:
    """A client of a site with a campaign and enough articles for two pages of them."""
    make_articles(13, make_campaign())
    return client


@pytest.fixture
def signer(client: FlaskClient) -> str:
    """The token of somebody who has signed and confirmed."""
    make_campaign()
    client.post("/campaigns/night-buses/sign", data=form())
    token = confirm_token()
    assert client.post(f"/confirm/{token}").status_code == 303
    return token


@pytest.fixture(scope="module")
def without_failures(site: Site) -> Iterator[None]:
    """That the running site logs no failure of its own while this module's tests run."""
    before = len(site.log)
    yield
    logged = site.log[before:]
    assert "[error" not in logged
    assert "Traceback" not in logged
