"""The public pages: what each is for."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient

from campaign.signatures.counting import fold
from tests.delivery.making import change
from tests.support.making import confirm_token, form, make_campaign

CAMPAIGN = "/campaigns/night-buses"


def test_the_home_page_leads_to_campaigns_and_newest_articles(reader: FlaskClient) -> None:
    html = reader.get("/").text
    assert f'href="{CAMPAIGN}"' in html
    assert 'href="/articles/article-13"' in html
    assert 'href="/articles/article-1"' not in html


def test_an_article_leads_to_its_campaign_and_says_where_from(reader: FlaskClient) -> None:
    html = reader.get("/articles/article-1").text
    assert f'href="{CAMPAIGN}?from=article-1"' in html
    assert '<a href="/articles/article-2">Article 2</a>' in html


def test_a_campaign_page_carries_what_a_signer_must_know(reader: FlaskClient) -> None:
    html = reader.get(CAMPAIGN).text
    for words in ("Run a bus on every line", "Ada Okafor", "We ask for night buses", "1,000"):
        assert words in html
    assert html.count('type="checkbox"') == 3
    assert "checked" not in html


@pytest.mark.parametrize(("page", "status"), [("1", 200), ("2", 200), ("3", 404), ("0", 404)])
def test_lists_have_as_many_pages_as_they_need(reader: FlaskClient, page: str, status: int) -> None:
    response = reader.get(f"/articles?page={page}")
    assert response.status_code == status
    if status == 200:
        assert ('href="/articles/article-1"' in response.text) == (page == "2")


def test_a_campaign_without_articles_and_a_site_without_anything_have_pages(
    client: FlaskClient,
) -> None:
    for path in ("/", "/articles", "/campaigns"):
        assert client.get(path).status_code == 200
    make_campaign("lonely")
    assert client.get("/campaigns/lonely").status_code == 200


def test_the_count_is_open_to_every_site(reader: FlaskClient) -> None:
    reader.post(f"{CAMPAIGN}/sign", data=form())
    reader.post(f"/confirm/{confirm_token()}")
    fold()
    response = reader.get(f"{CAMPAIGN}/count.json", headers={"Origin": "https://other.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert re.fullmatch(r"public, max-age=\d+", response.headers["Cache-Control"])
    found = response.get_json()
    assert dt.datetime.fromisoformat(found.pop("as_of")).utcoffset() == dt.timedelta(0)
    words = "1 person has signed"
    assert found == {"campaign": "night-buses", "count": 1, "goal": 1000, "words": words}


def test_a_draft_has_no_page_at_all(client: FlaskClient) -> None:
    make_campaign(state="draft")
    for rest in ("", "/count.json", "/check-email", "/signed"):
        assert client.get(CAMPAIGN + rest).status_code == 404
    assert "Night buses" not in client.get("/").text + client.get("/campaigns").text


@pytest.mark.parametrize("state", ["paused", "closed", "delivered"])
def test_a_campaign_that_takes_no_signatures_has_a_page_without_a_form(
    client: FlaskClient, state: str
) -> None:
    make_campaign(state=state)
    html = client.get(CAMPAIGN).text
    assert "<form" not in html
    assert "Night buses for everyone" in html


def test_home_shows_what_can_be_signed_first_and_nothing_that_is_over(client: FlaskClient) -> None:
    now = dt.datetime.now(dt.UTC)
    day = dt.timedelta(days=1)
    make_campaign("open-one")
    make_campaign("early-one", opens_at=now + day)
    make_campaign("over-one", closes_at=now - day)
    make_campaign("shut-one", state="closed")
    found = re.findall(r'href="/campaigns/([a-z-]+-one)"', client.get("/").text)
    assert list(dict.fromkeys(found)) == ["open-one", "early-one"]


def test_home_leads_with_what_most_people_sign_at_present(client: FlaskClient) -> None:
    for slug in ("moving-one", "resting-one", "newest-one"):
        make_campaign(slug)
    change(
        "INSERT INTO signature_hour (campaign_id, hour, confirmed)"
        " SELECT id, now() - CASE slug WHEN 'moving-one' THEN interval '1 day'"
        " ELSE interval '8 days' END, 5 FROM campaign WHERE slug <> 'newest-one'"
    )
    found = re.findall(r'href="/campaigns/([a-z-]+-one)"', client.get("/").text)
    assert list(dict.fromkeys(found)) == ["moving-one", "newest-one", "resting-one"]


def test_the_link_that_supporters_share_says_where_it_was_found(client: FlaskClient) -> None:
    make_campaign()
    page = client.get("/campaigns/night-buses/signed").text
    assert 'value="http://127.0.0.1:8000/campaigns/night-buses?from=share"' in page
