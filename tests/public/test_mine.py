"""/mine/<token>: a supporter sees all that is held of their signature, and where it went."""

from __future__ import annotations

import datetime as dt
import json
import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from campaign.delivery import receipts
from campaign.delivery.keys import own_fingerprint
from campaign.links import make_token
from campaign.mail.composing import compose
from campaign.signatures.confirming import confirm
from campaign.signatures.consents import CURRENT
from campaign.signatures.own import path_to
from campaign.signatures.withdrawing import withdraw
from tests.delivery.making import TAKEN, change, compiled, petition
from tests.public.own import everything, expect_private, expect_refused, one_in
from tests.public.test_every_page import assert_strict
from tests.support.crowd import put
from tests.support.making import confirm_token, form, make_campaign, rows
from tests.support.paper import person, put_paper

STATES = ("pending", "confirmed", "withdrawn", "excluded", "erased")


@pytest.mark.parametrize("state", STATES)
def test_looking_works_in_every_state_and_changes_nothing(client: FlaskClient, state: str) -> None:
    make_campaign()
    _, here = one_in(state)
    before = everything()
    looked = ("", "/data", "/data.json", "/erase", "?done=withdrawn")
    for path in (here + part for part in looked):
        for method in ("GET", "HEAD"):
            response = client.open(path, method=method)
            assert response.status_code == (303 if "erase" in path and state == "erased" else 200)
            expect_private(response)
    assert_strict(client.get(here))
    assert_strict(client.get(f"{here}/data"))
    for path in ("updates", "public", "correct", "withdraw"):
        assert client.get(f"{here}/{path}").status_code == 405
    assert everything() == before


def test_the_page_shows_all_that_is_held_and_agreed_to(client: FlaskClient) -> None:
    make_campaign()
    person = form(comment="I walk <b>home</b> at two.", updates="y", email="Zoe+x@Example.org")
    client.post("/campaigns/night-buses/sign", data=person)
    page = client.get(path_to(1)).text
    for shown in (
        "Night buses for everyone",
        "Zoë Nguyễn",
        "Zoe+x@example.org",
        "United Kingdom",
        "N1 9GU",
        "I walk &lt;b&gt;home&lt;/b&gt; at two.",
        CURRENT.consent,
        CURRENT.updates,
        CURRENT.public,
        "We ask for night buses on every line",
        "Version 1",
        "It is not confirmed yet",
        "It has not been handed to anybody yet.",
    ):
        assert shown in page
    agreed = re.findall(r"<dt>(Yes|No)</dt>", page)
    assert agreed == ["Yes", "Yes", "No"]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("pending", "It is not confirmed yet, so it does not count."),
        ("confirmed", "It is confirmed, and it counts."),
        ("withdrawn", "It does not count, and is in no delivery made after that."),
        ("excluded", "The organisers have set it aside."),
        ("erased", "We hold nothing any more that says who you are."),
    ],
)
def test_the_state_is_said_in_plain_words(client: FlaskClient, state: str, says: str) -> None:
    make_campaign()
    _, here = one_in(state)
    page = client.get(here).text
    assert says in page
    assert ("Withdraw my signature" in page) is (state in ("pending", "confirmed"))
    assert (f'href="{here}/erase"' in page) is (state != "erased")
    assert ("Stop the news" in page or "Send me news" in page) is (
        state in ("pending", "confirmed", "excluded")
    )


def test_a_link_is_good_for_ten_years(client: FlaskClient) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    now = dt.datetime.now(dt.UTC)
    for days, status in ((3_640, 200), (3_660, 410)):
        with time_machine.travel(now + dt.timedelta(days=days)):
            assert client.get(here).status_code == status


def test_the_data_are_all_that_is_held(client: FlaskClient) -> None:
    make_campaign()
    source = {"Referer": "http://127.0.0.1:8000/campaigns/night-buses?utm_source=harbour"}
    client.post("/campaigns/night-buses/sign", data=form(comment="At two."), headers=source)
    response = client.get(f"{path_to(1)}/data.json")
    assert response.content_type == "application/json"
    disposition = 'attachment; filename="my-signature-night-buses.json"'
    assert response.headers["Content-Disposition"] == disposition
    found = response.json
    assert found is not None
    assert found["signature"] == {
        "state": "pending",
        "name": "Zoë Nguyễn",
        "email": "zoe@example.org",
        "country": "GB",
        "postcode": "N1 9GU",
        "comment": "At two.",
    }
    assert found["consent"]["public"] == {"agreed": False, "wording": CURRENT.public}
    assert found["technical"]["source"] == "utm_source=harbour"
    assert [mail["kind"] for mail in found["mails"]] == ["confirm"]
    assert [one["agreed"] for one in found["consent"]["history"]] == [True, False, False]
    assert found["corrections"] == []
    # Nothing of the row is missing but what is ours: its number, and what staff decided; reminders
    # are among the mails.
    columns = {
        row[0]
        for row in rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'signature'"
        )
    }
    ours = {"id", "campaign_id", "comment_approved", "recorded_at", "reminders", "reminded_at"}
    assert columns - ours == {
        "name", "email", "email_canonical", "country", "postcode", "comment", "updates", "public",
        "consent_version", "language", "source", "network_key", "state", "created_at",
        "confirmed_at", "pledge_text_id", "anonymised_at",
    }  # fmt: skip


def test_where_it_went_is_told_with_a_receipt(
    client: FlaskClient, data_dir: Path, tmp_path: Path
) -> None:
    petition()
    ids = put(17)
    compiled(tmp_path)
    here = path_to(ids[16])
    assert client.get(f"{here}/receipts/1.json").status_code == 404
    change("UPDATE delivery SET state = 'sent', sent_at = timestamptz '2026-05-03 23:30-05'")
    assert "You are number" not in client.get(here).text  # Its mail may come back.
    change(TAKEN)
    page = client.get(here).text
    told = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert (
        "You are number 17 of the 17 signatures handed to Ada Okafor, Mayor, City of Harrow Bay"
        " on 4 May 2026. The office has not acknowledged them yet." in told
    )
    assert f'href="{here}/receipts/1.json"' in page
    change("UPDATE delivery SET state = 'acknowledged', acknowledged_at = sent_at")
    assert "The office acknowledged them on" in client.get(here).text
    response = client.get(f"{here}/receipts/1.json")
    expect_private(response)
    disposition = 'attachment; filename="receipt-night-buses-1.json"'
    assert response.headers["Content-Disposition"] == disposition
    own = own_fingerprint(data_dir)
    assert own
    assert "is number 17 of the 17 signatures" in receipts.check(response.data, {own})[0]
    found = client.get(f"{here}/data.json").json
    assert found is not None
    assert found["deliveries"][0]["number"] == 17
    assert "We cannot" not in page
    assert "we cannot take it back" in client.get(f"{here}/erase").text
    client.post(f"{here}/erase")
    answer = client.get(f"{here}/receipts/1.json", headers={"Accept": "text/html,*/*;q=0.8"})
    expect_refused(answer, here, "There is no receipt for this delivery.")
    assert "in the hands of those officials" in client.get(here).text
    for hostile in ("0", "2", "999999999999999999", "9" * 19, "-1", "1.5", "%D9%A1", "1%00"):
        assert client.get(f"{here}/receipts/{hostile}.json").status_code == 404


def test_who_was_delivered_from_paper_is_told_that_there_is_no_receipt(
    client: FlaskClient, tmp_path: Path
) -> None:
    petition()
    put(1)
    put_paper(person("Ada", "ada.1@example.org"))
    compiled(tmp_path)
    change("UPDATE delivery SET state = 'sent', sent_at = now()")
    change(TAKEN)
    (one,) = put(1, state="pending", run="ada")
    confirm(make_token("confirm", one))
    here = path_to(one)
    page = client.get(here).text
    assert "It was delivered as you signed it on paper, so there is no receipt." in page
    assert f"{here}/receipts/" not in page
    assert "A receipt proves" not in page
    assert "receipt" not in client.get(f"{here}/erase").text.partition("What stays")[0]
    expect_refused(client.get(f"{here}/receipts/1.json"), here, "your signature on paper")
    found = client.get(f"{here}/data.json").json
    assert found is not None
    (went,) = found["deliveries"]
    assert (went["on_paper"], went["provable"]) == (True, False)


def test_who_has_confirmed_is_led_there_and_others_are_not_named(client: FlaskClient) -> None:
    make_campaign()
    client.post("/campaigns/night-buses/sign", data=form())
    token = confirm_token()
    assert client.post(f"/confirm/{token}").location == "/campaigns/night-buses/signed"
    page = client.get(f"/confirm/{token}").text
    (here,) = re.findall(r'href="(/mine/[^"]+)"', page)
    assert client.get(here).status_code == 200
    withdraw(1)
    assert '"/mine/' in client.get(f"/confirm/{token}").text
    assert '"/mine/' not in client.get("/campaigns/night-buses/signed").text


def test_the_mail_to_who_has_signed_already_carries_the_link_twice(app: Flask) -> None:
    make_campaign()
    (one,) = put(1)
    shared = {"campaign_title": "T", "campaign_ask": "A", "campaign_url": "http://x.example/c"}
    mail = message_from_bytes(
        compose("already-signed", 1, "zoe@example.org", shared, one), policy=default
    )
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))  # type: ignore[attr-defined]
        (link,) = set(re.findall(r"http://127.0.0.1:8000(/mine/[\w.-]+)", part.get_content()))
        assert app.test_client().get(link).status_code == 200


def test_the_data_and_receipts_are_json_for_people(client: FlaskClient) -> None:
    make_campaign()
    _, here = one_in("confirmed", name="李 Zoë")
    text = client.get(f"{here}/data.json").text
    assert "李 Zoë" in text
    assert json.loads(text)["format"] == "groundswell-own-signature/1"
