"""The page of thanks: whose it is, their number, and telling friends."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from campaign.extensions import db
from campaign.links import make_token
from campaign.signatures.counting import fold
from tests.public.thanked import BASE, CAMPAIGN, NOT_COUNTED, SIGNED, into, thanks
from tests.support.crowd import put
from tests.support.making import form, make_campaign, rows

OTHER = "/campaigns/clean-river"


def test_a_slip_in_the_address_is_hinted_at(client: FlaskClient) -> None:
    make_campaign()
    wrong = client.post(f"{CAMPAIGN}/sign", data=form(email="zoe@gmial.com", name=""))
    assert "Did you mean <strong>zoe@gmail.com</strong>?" in wrong.text
    # A hint is no refusal.
    assert client.post(f"{CAMPAIGN}/sign", data=form(email="zoe@gmial.com")).status_code == 303


def test_whoever_confirms_is_told_their_number(client: FlaskClient, signer: str) -> None:
    page = thanks(client, signer)
    assert "Thank you. You are number 1." in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in page.headers
    assert "X-Groundswell-Keep" not in page.headers
    assert not re.search(r"zoe|Nguy|N1 9GU", page.text, re.IGNORECASE)


def test_numbers_follow_the_time_of_confirming_folded_or_not(client: FlaskClient) -> None:
    make_campaign()
    put(40, minutes_ago=60 * 24 * 3)
    fold()
    put(5, minutes_ago=600)
    put(7, state="withdrawn", minutes_ago=600)
    (mine,) = put(1, minutes_ago=300)
    put(30, minutes_ago=1)
    token = make_token("confirm", mine)
    for _ in range(2):
        assert "You are number 46." in thanks(client, token).text
        fold()
    into_left = "UPDATE signature SET state = 'withdrawn' WHERE id = 1"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(into_left)
        connection.exec_driver_sql(
            "INSERT INTO signature_change (campaign_id, old_state, new_state, signed_at,"
            " confirmed_at) SELECT campaign_id, 'confirmed', 'withdrawn', created_at, confirmed_at"
            " FROM signature WHERE id = 1"
        )
    for _ in range(2):
        assert "You are number 45." in thanks(client, token).text
        fold()


def test_two_who_confirm_at_once_get_two_numbers(client: FlaskClient) -> None:
    make_campaign()
    ids = put(9)
    with db.engine.begin() as connection:
        for table in ("signature", "signature_change"):
            connection.exec_driver_sql(
                f"UPDATE {table} SET confirmed_at = date_trunc('day', now())"
            )
    pages = [thanks(client, make_token("confirm", one)).text for one in ids]
    assert [re.findall(r"You are number (\d+)\.", page) for page in pages] == [
        [str(number)] for number in range(1, 10)
    ]


def test_the_page_of_one_signer_is_nobody_elses(client: FlaskClient, signer: str) -> None:
    before = client.get(SIGNED)
    assert "You are number" not in before.text
    assert "You are number 1." in thanks(client, signer).text
    after = client.get(SIGNED)
    assert "You are number" not in after.text
    # No cache on the way, which goes by the address, may give either to somebody else.
    assert after.headers["Cache-Control"] == "private, no-cache"
    assert after.headers["ETag"]


@pytest.mark.parametrize("state", NOT_COUNTED)
def test_whose_signature_does_not_count_gets_the_general_page(
    client: FlaskClient, signer: str, state: str
) -> None:
    make_campaign("clean-river")
    into(state)
    page = thanks(client, signer)
    assert page.status_code == 200
    assert "You are number" not in page.text
    assert 'name="token"' not in page.text


def test_no_other_referrer_makes_the_page_personal(client: FlaskClient, signer: str) -> None:
    make_campaign("clean-river")
    wrong = [
        thanks(client, signer[:-1]),
        thanks(client, make_token("mine", 1)),
        thanks(client, signer, base="https://evil.example"),
        thanks(client, signer, path=f"{OTHER}/signed"),
        client.get(SIGNED, headers={"Referer": f"{BASE}/mine/{signer}"}),
        client.get(SIGNED, headers={"Referer": f"{BASE}/confirm/\u00e9{'x' * 20}"}),
    ]
    for page in wrong:
        assert page.status_code == 200
        assert "You are number" not in page.text
        assert "X-Groundswell-Keep" not in page.headers


@pytest.mark.parametrize("address", [SIGNED, CAMPAIGN])
def test_each_way_of_sharing_has_a_source_of_its_own(client: FlaskClient, address: str) -> None:
    make_campaign()
    page = client.get(address).text
    ways = ("whatsapp", "telegram", "email", "x", "bluesky", "mastodon")
    for way in ways:
        assert f"night-buses%3Ffrom%3Dshare-{way}" in page
    assert f'data-share="{BASE}{CAMPAIGN}?from=share-app"' in page
    assert ('<div class="qr"' in page) is (address == SIGNED)
    for way in ways:
        given = {"Referer": f"{BASE}{CAMPAIGN}?from=share-{way}"}
        client.post(f"{CAMPAIGN}/sign", data=form(email=f"{way}@example.org"), headers=given)
    assert rows("SELECT source FROM signature ORDER BY id") == [
        (f"from=share-{way}",) for way in ways
    ]
