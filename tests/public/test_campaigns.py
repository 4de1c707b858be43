"""What a campaign's page says of those who signed, and how it is passed on."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from campaign.signatures.counting import fold
from tests.public.conftest import make_articles
from tests.support.crowd import put
from tests.support.making import form, make_campaign, value
from tests.support.paper import person, put_paper

CAMPAIGN = "/campaigns/night-buses"


def page(client: FlaskClient) -> str:
    return " ".join(client.get(CAMPAIGN).text.split())


def test_the_latest_who_wish_it_are_named_and_the_others_counted(client: FlaskClient) -> None:
    make_campaign()
    put(name="Zoë <b>Nguyễn</b>", public=True)
    put(2, name="Shy", public=False)
    fold()
    shown = page(client)
    assert "Zoë &lt;b&gt;Nguyễn&lt;/b&gt;" in shown
    assert "And 2 more people." in shown
    assert "Shy" not in shown


def test_nobody_is_named_where_nobody_wishes_it(client: FlaskClient) -> None:
    make_campaign()
    put(public=False)
    assert 'class="names"' not in page(client)


def test_the_count_says_how_many_signed_on_paper(client: FlaskClient) -> None:
    make_campaign()
    put()
    fold()
    assert "Only confirmed signatures</span>" in page(client)
    put_paper(person("Bao"))
    fold()
    client.application.extensions["groundswell.pages"].forget()
    shown = page(client)
    assert '<strong class="figure">2</strong> people have signed' in shown
    assert "Only confirmed signatures, 1 of them on paper" in shown


@pytest.mark.parametrize(
    ("count", "words"), [(0, "No signatures yet.</strong> Be the first."), (1, "person has signed")]
)
def test_few_are_counted_in_words_that_are_true(
    client: FlaskClient, count: int, words: str
) -> None:
    make_campaign()
    if count:
        put(count)
        fold()
    assert words in page(client)


@pytest.mark.parametrize(("state", "live"), [("open", True), ("paused", False), ("closed", False)])
def test_the_count_is_live_while_one_can_sign(client: FlaskClient, state: str, live: bool) -> None:
    make_campaign(state=state)
    shown = page(client)
    assert (f'data-count="{CAMPAIGN}/count.json"' in shown) is live
    assert ("js/campaign-page.js" in shown) is live


def test_the_page_can_be_passed_on(client: FlaskClient) -> None:
    make_campaign()
    assert f'href="{CAMPAIGN}?from=share"' in page(client)


def test_an_article_is_passed_on_under_its_own_address(client: FlaskClient) -> None:
    make_articles(1, make_campaign())
    shown = client.get("/articles/article-1").text
    assert "articles/article-1&amp;text=" in shown
    assert "share-" not in shown


def test_an_article_keeps_its_action_at_hand_while_one_can_sign(client: FlaskClient) -> None:
    make_articles(1, make_campaign())
    assert '<p class="jump">' in client.get("/articles/article-1").text


def test_a_form_with_mistakes_keeps_where_its_signer_came_from(client: FlaskClient) -> None:
    make_campaign()
    came = {"Referer": f"http://127.0.0.1:8000{CAMPAIGN}?from=cafe&utm_source=a%26b"}
    wrong = client.post(f"{CAMPAIGN}/sign", data=form(name=""), headers=came)
    (action,) = re.findall(rf'action="({CAMPAIGN}/sign[^"]*)"', wrong.text)
    again = {"Referer": f"http://127.0.0.1:8000{CAMPAIGN}/sign"}
    assert client.post(unescape(action), data=form(), headers=again).status_code == 303
    assert value("SELECT source FROM signature") == "from=cafe&utm_source=a"
