"""/mine/<token>: what a supporter changes by posting, and what nobody else can."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.links import make_token
from campaign.signatures import counting
from campaign.signatures.own import path_to
from tests.public.own import everything, expect_private, expect_refused, one_in
from tests.support.crowd import put
from tests.support.making import confirm_token, form, make_campaign, rows, value

CROSS_SITE = ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"})


def test_each_choice_is_changed_by_a_post_and_told(client: FlaskClient) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    for choice, wanted, said in (
        ("updates", "y", "We will email you news"),
        ("public", "y", "Your name may now be shown publicly."),
        ("updates", "n", "We will send you no more news"),
        ("public", "n", "Your name is no longer shown publicly."),
    ):
        response = client.post(f"{here}/{choice}", data={"wanted": wanted})
        on = "on" if wanted == "y" else "off"
        assert (response.status_code, response.location) == (303, f"{here}?done={choice}-{on}")
        expect_private(response)
        assert said in client.get(response.location).text
        assert value(f"SELECT {choice} FROM signature") is (wanted == "y")
    assert counting.check() == []


def test_a_notice_says_only_what_is_so(client: FlaskClient) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    for done in ("public-on", "withdrawn", "erased", "<script>", "x" * 3000, ""):
        assert 'role="status"' not in client.get(here, query_string={"done": done}).text


@pytest.mark.parametrize("wanted", [None, "", "yes", "y\0", "\ud800".encode("utf-8", "replace")])
def test_a_choice_that_is_none_is_refused(client: FlaskClient, wanted: object) -> None:
    make_campaign()
    _, here = one_in("confirmed", public=True)
    before = everything()
    data = {} if wanted is None else {"wanted": wanted}
    assert client.post(f"{here}/public", data=data).status_code == 400
    assert client.post(f"{here}/public", json={"wanted": "n"}).status_code == 400
    assert everything() == before


def test_withdrawing_is_told_and_repeated_without_harm(client: FlaskClient) -> None:
    make_campaign()
    put(4)
    _, here = one_in("confirmed")
    asks = client.get(here).text
    assert "The campaign’s count falls by one." in asks
    assert "If you signed on paper with this address, that counts no more either." in asks
    for _ in range(2):
        response = client.post(f"{here}/withdraw")
        assert (response.status_code, response.location) == (303, f"{here}?done=withdrawn")
        page = client.get(response.location).text
        assert "Your signature is withdrawn. It no longer counts." in page
        assert "You withdrew it on" in page
    counting.fold()
    assert value("SELECT confirmed FROM campaign_count") == 4
    assert counting.check() == []
    # What cannot be chosen any more is refused in words, not lost in silence.
    answer = client.post(f"{here}/public", data={"wanted": "y"})
    expect_refused(answer, here, "This signature was withdrawn or erased")
    assert (
        "withdrawn or erased"
        in client.post(
            f"{here}/public", data={"wanted": "y"}, headers={"Accept": "application/json"}
        ).json["error"]
    )  # type: ignore[index]


def test_erasing_asks_first_and_then_leaves_a_page_that_names_nobody(client: FlaskClient) -> None:
    make_campaign()
    client.post("/campaigns/night-buses/sign", data=form())
    client.post(f"/confirm/{confirm_token()}")
    here = path_to(1)
    asks = client.get(f"{here}/erase").text
    assert "This cannot be undone" in asks
    assert "the campaign’s count falls by one" in asks
    assert f'action="{here}/erase"' in asks
    assert value("SELECT state FROM signature") == "confirmed"
    for _ in range(2):
        response = client.post(f"{here}/erase")
        assert (response.status_code, response.location) == (303, f"{here}?done=erased")
    page = client.get(response.location or "").text
    assert "Everything personal is erased." in page
    assert "Zoë" not in page
    assert "example.org" not in page
    assert "Zoë" not in client.get(f"{here}/data.json").text
    assert client.get(f"{here}/erase").location == f"{here}?done=erased"
    answer = client.post(f"{here}/withdraw")
    expect_refused(answer, here, "This signature is not counted, so there is nothing to take back.")
    counting.fold()
    assert rows("SELECT confirmed, erased FROM campaign_count") == [(0, 1)]


@pytest.mark.parametrize("state", ["pending", "withdrawn", "excluded"])
def test_erasing_what_does_not_count_says_so(client: FlaskClient, state: str) -> None:
    make_campaign()
    _, here = one_in(state)
    asks = client.get(f"{here}/erase").text
    assert "the campaign’s count stays as it is" in asks
    assert "What you signed on paper with this address: should it count now" in asks
    assert client.post(f"{here}/erase").status_code == 303
    assert counting.check() == []


@pytest.mark.parametrize("headers", CROSS_SITE)
def test_another_sites_page_can_change_nothing(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    before = everything()
    for path in ("updates", "public", "correct", "withdraw", "erase"):
        data = {"wanted": "y", "name": "Zoë", "country": "GB"}
        answer = client.post(f"{here}/{path}", data=data, headers=headers)
        assert answer.status_code == 403
    assert everything() == before


def test_two_tabs_at_once_do_each_thing_once(app: Flask) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    put(3)

    def press(number: int) -> int:
        path = ("correct", "withdraw", "public", "updates", "erase")[number % 5]
        data = {"wanted": "y", "name": f"Zoë {'I' * (number % 7 + 1)}", "country": "FR"}
        return app.test_client().post(f"{here}/{path}", data=data).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(press, range(24)))
    assert answers <= {303, 409}
    assert value("SELECT count(*) FROM signature WHERE state = 'erased'") == 1
    counting.fold()
    assert counting.check() == []
    assert rows("SELECT confirmed, withdrawn, erased FROM campaign_count") == [(3, 0, 1)]


def test_a_token_is_bound_to_its_signature_and_purpose(client: FlaskClient) -> None:
    make_campaign()
    one, here = one_in("confirmed")
    token = here.removeprefix("/mine/")
    head, _, tail = token.partition(".")
    before = everything()
    for wrong in (
        f"{int(head) + 1}.{tail}",
        make_token("confirm", one),
        make_token("mine", 999),
        make_token("mine", 2**62),
        token[:-1],
        token.upper(),
        "x" * 40,
        "1.2.3.4.5.6",
        "%00" * 5,
        "..%2f" * 4,
    ):
        for path in ("", "/data", "/data.json", "/erase", "/receipts/1.json"):
            assert client.get(f"/mine/{wrong}{path}").status_code == 404
        for path in ("updates", "public", "correct", "withdraw", "erase"):
            answer = client.post(f"/mine/{wrong}/{path}", data={"wanted": "y"})
            assert answer.status_code == 404
    assert everything() == before
