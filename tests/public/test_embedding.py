"""The form on somebody else's page: what may be framed, how it looks, and signing in it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign import languages
from campaign.app import workspace
from tests.support.making import form, make_campaign, rows, value

CAMPAIGN = "/campaigns/night-buses"
EMBED = f"{CAMPAIGN}/embed"
FRAMED = {
    "/campaigns/<slug:slug>/embed",
    "/campaigns/<slug:slug>/embed/sign",
    "/campaigns/<slug:slug>/embed/check-email",
}


@pytest.fixture
def partner(client: FlaskClient) -> FlaskClient:
    """A client of a site with a campaign that takes signatures."""
    make_campaign()
    return client


def addresses(app: Flask) -> dict[str, str]:
    """An address of every route, by its rule."""
    values = {"slug": "night-buses", "picture": "0" * 64, "token": "a" * 20, "int": 1}
    found = {}
    for rule in app.url_map.iter_rules():
        kinds = dict(re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule))
        named = {name: values.get(kind, "x") for kind, name in kinds.items()}
        built = rule.build(named, append_unknown=False)
        assert built
        found[rule.rule] = built[1]
    return found


def test_only_the_form_to_embed_may_stand_in_a_frame(app: Flask, partner: FlaskClient) -> None:
    framed = set()
    for rule, address in addresses(app).items():
        for method in ("GET", "POST"):
            answer = partner.open(address, method=method, buffered=True)
            policy = answer.headers["Content-Security-Policy"]
            open_to_all = "frame-ancestors *" in policy
            assert open_to_all != ("frame-ancestors 'none'" in policy)
            assert open_to_all == ("X-Frame-Options" not in answer.headers)
            assert answer.headers.get("X-Frame-Options", "DENY") == "DENY"
            framed |= {rule} if open_to_all else set()
    assert framed == FRAMED


def test_no_address_of_the_workspace_may_stand_in_a_frame(app: Flask, partner: FlaskClient) -> None:
    workspace(app)
    for path in ("/staff/campaigns/night-buses/embed", "/staff/login"):
        answer = partner.get(path)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors *" not in answer.headers["Content-Security-Policy"]


def test_the_frame_is_kept_as_the_campaign_page_is_and_sets_no_cookie(partner: FlaskClient) -> None:
    frame = partner.get(EMBED)
    assert frame.status_code == 200
    assert frame.headers["Cache-Control"] == partner.get(CAMPAIGN).headers["Cache-Control"]
    assert "Set-Cookie" not in frame.headers
    assert "unsafe" not in frame.headers["Content-Security-Policy"]
    assert "<style" not in frame.text
    assert " style=" not in frame.text


def test_the_frame_shows_what_is_signed(partner: FlaskClient) -> None:
    frame = partner.get(EMBED).text
    assert "<h1>Night buses for everyone</h1>" in frame
    assert "We ask for night buses on every line" in frame
    assert f'action="{EMBED}/sign"' in frame
    # No other page of ours may be shown in a frame: links leave it.
    assert [a for a in re.findall(r"<a [^>]*>", frame) if 'target="_blank"' not in a] == []


def test_signing_in_the_frame_stays_in_it_and_records_from_where(partner: FlaskClient) -> None:
    look = "?accent=0a6a4b&theme=dark&from=partner.example"
    action = re.search(r'action="([^"]+)"', partner.get(EMBED + look).text)
    assert action
    answer = partner.post(action[1].replace("&amp;", "&"), data=form())
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{EMBED}/check-email{look}"
    assert value("SELECT source FROM signature") == "from=embed:partner.example"
    assert "Check your email" in partner.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", "from=embed"),
        ("partner", "from=embed:partner"),
        ("x" * 500, "from=embed:" + "x" * 60),
        ("a b\n<i>&utm_source=z\x00\ufffd", "from=embed:a-b-i-utm_source-z"),
        ("例え.example", "from=embed:例え.example"),
    ],
)
def test_a_source_is_bounded_and_plain(partner: FlaskClient, given: str, kept: str) -> None:
    answer = partner.post(f"{EMBED}/sign", query_string={"from": given}, data=form())
    assert answer.status_code == 303
    assert value("SELECT source FROM signature") == kept


def test_a_frame_in_a_language_stays_in_it(
    partner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "translations", lambda _: languages.NullTranslations())
    monkeypatch.setitem(languages.NAMES, "ar", "العربية")
    frame = partner.get(f"/ar{EMBED}")
    assert '<html lang="ar" dir="rtl"' in frame.text
    assert f'action="/ar{EMBED}/sign"' in frame.text
    assert "X-Frame-Options" not in frame.headers
    answer = partner.post(f"/ar{EMBED}/sign", data=form())
    assert answer.headers["Location"] == f"/ar{EMBED}/check-email"
    assert value("SELECT language FROM signature") == "ar"
    assert '"ar"' in partner.get("/embed.js").text


def test_mistakes_are_shown_in_the_frame_and_what_was_typed_stays(partner: FlaskClient) -> None:
    answer = partner.post(f"{EMBED}/sign?theme=light", data=form(email="zoe@", name="Zoë"))
    assert answer.status_code == 400
    assert 'id="errors"' in answer.text
    assert 'value="zoe@"' in answer.text
    assert f'action="{EMBED}/sign?theme=light"' in answer.text
    assert "site-header" not in answer.text
    assert "X-Frame-Options" not in answer.headers
    assert rows("SELECT FROM signature") == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://partner.example"}, 403),
    ],
)
def test_the_page_around_the_frame_cannot_sign_for_anybody(
    partner: FlaskClient, headers: dict[str, str], status: int
) -> None:
    answer = partner.post(f"{EMBED}/sign", data=form(), headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("state", ["paused", "closed", "delivered"])
def test_a_campaign_that_takes_no_signatures_says_so_in_the_frame(
    client: FlaskClient, state: str
) -> None:
    make_campaign(state=state)
    frame = client.get(EMBED).text
    assert "<form" not in frame
    refused = client.post(f"{EMBED}/sign", data=form())
    assert refused.status_code == 409
    assert "X-Frame-Options" not in refused.headers
    assert "site-header" not in refused.text


def test_a_draft_is_not_there(client: FlaskClient) -> None:
    make_campaign(state="draft")
    for path in (EMBED, f"{EMBED}/check-email"):
        assert client.get(path).status_code == 404
    assert client.post(f"{EMBED}/sign", data=form()).status_code in (404, 409)


def test_the_script_may_be_loaded_by_any_site(client: FlaskClient) -> None:
    answer = client.get("/embed.js")
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert 'const spoken = ["en"' in answer.text
    # What a strict policy of the page around it would refuse.
    assert not re.search(r"innerHTML|insertAdjacentHTML|setAttribute|cssText|eval\(", answer.text)


def test_the_lines_to_copy_are_shown_for_each_open_campaign(client: FlaskClient) -> None:
    make_campaign()
    make_campaign("other", title='Others & "more"')
    make_campaign("over", state="closed", title="Over")
    page = client.get("/embed")
    assert page.text.count("<textarea") == 2
    assert "data-campaign=&#34;" not in page.text
    assert '&lt;script src="http://' in page.text
    assert '/campaigns/other"&gt;Others &amp; &#34;more&#34;&lt;/a&gt;' in page.text
    assert "Over" not in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"


def test_without_open_campaigns_the_page_says_so(client: FlaskClient) -> None:
    assert "No campaign takes signatures just now" in client.get("/embed").text
