"""What a site is told that asks how to show the address of a campaign."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.languages import NAMES
from tests.support.making import make_campaign

SITE = "http://127.0.0.1:8000"
CAMPAIGN = f"{SITE}/campaigns/night-buses"


def ask(client: FlaskClient, url: str = CAMPAIGN, **more: str) -> TestResponse:
    return client.get("/oembed", query_string={"url": url, **more})


def test_a_campaign_is_a_frame_with_its_form(client: FlaskClient) -> None:
    make_campaign(title='Buses & "trams" <now>')
    answer = ask(client, CAMPAIGN + "?from=x#sign", format="json")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = answer.json
    assert found
    assert (found["version"], found["type"]) == ("1.0", "rich")
    assert found["title"] == 'Buses & "trams" <now>'
    frame = re.fullmatch(
        r'<iframe src="([^"]+)" title="([^"]+)" width="704".*></iframe>', found["html"]
    )
    assert frame
    assert frame[1] == f"{CAMPAIGN}/embed"
    assert html.unescape(frame[2]) == found["title"]
    assert client.get(frame[1].removeprefix(SITE)).status_code == 200
    assert client.get(found["thumbnail_url"].removeprefix(SITE)).content_type == "image/png"


def test_the_frame_keeps_to_the_limits_of_whoever_asks(client: FlaskClient) -> None:
    make_campaign()
    found = ask(client, maxwidth="320", maxheight="480").json
    assert found
    assert (found["width"], found["height"]) == (320, 480)
    assert 'width="320" height="480"' in found["html"]
    assert "thumbnail_url" not in found
    found = ask(client, maxwidth="5000", maxheight="5000").json
    assert found
    assert (found["width"], found["height"]) == (704, 1000)


@pytest.mark.parametrize("wrong", ["0", "-1", "1e3", "abc", "９", "1" * 30, ""])
def test_a_limit_that_is_no_number_is_refused(client: FlaskClient, wrong: str) -> None:
    make_campaign()
    assert ask(client, maxwidth=wrong).status_code == 400


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/campaigns/none",
        f"{SITE}/campaigns/draft",
        f"{SITE}/campaigns/night-buses/signed",
        f"{SITE}/articles/night-buses",
        f"{SITE}/",
        "http://evil.example/campaigns/night-buses",
        "http://127.0.0.1:8000.evil.example/campaigns/night-buses",
        f"{SITE}/de/campaigns/night-buses",
        "/campaigns/night-buses",
        "http://[::1/campaigns/night-buses",
        "\x00",
    ],
)
def test_any_other_address_is_not_found(client: FlaskClient, url: str) -> None:
    make_campaign()
    make_campaign("draft", state="draft")
    assert ask(client, url).status_code == 404


def test_no_address_is_a_mistake_and_xml_is_not_made(client: FlaskClient) -> None:
    make_campaign()
    assert client.get("/oembed").status_code == 400
    assert ask(client, format="xml").status_code == 400


def test_an_address_in_a_language_keeps_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign()
    monkeypatch.setitem(NAMES, "es", "Español")
    found = ask(client, f"{SITE}/es/campaigns/night-buses").json
    assert found
    assert f'src="{SITE}/es/campaigns/night-buses/embed"' in found["html"]


def test_the_page_of_a_campaign_says_where_to_ask(client: FlaskClient) -> None:
    make_campaign()
    page = client.get("/campaigns/night-buses").text
    link = re.search(
        r'<link rel="alternate" type="application/json\+oembed"[^>]* href="([^"]+)"', page
    )
    assert link
    asked = client.get(html.unescape(link[1]).removeprefix(SITE))
    assert asked.json
    assert asked.json["title"] == "Night buses for everyone"
