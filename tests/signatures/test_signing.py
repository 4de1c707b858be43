"""Signing: what is written, for whom, and what never shows."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.campaigns.models import PledgeText
from campaign.extensions import db
from campaign.signatures.consents import CURRENT
from tests.support.making import form, make_campaign, rows, value

SIGN = "/campaigns/night-buses/sign"


def sign(client: FlaskClient, **changes: str) -> TestResponse:
    return client.post(SIGN, data=form(**changes))


def alike(response: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All that a client can see of an answer, but for the time of day."""
    headers = [(k, v) for k, v in response.headers if k != "Date"]
    return response.status_code, response.data, headers


def test_a_signature_is_written_with_its_confirmation_mail(client: FlaskClient) -> None:
    make_campaign()
    response = sign(client, comment="For my night shift.", updates="y")
    assert response.status_code == 303
    assert response.location == "/campaigns/night-buses/check-email"
    assert rows(
        "SELECT name, email, country, postcode, comment, updates, public, consent_version, state"
        " FROM signature"
    ) == [
        ("Zoë Nguyễn", "zoe@example.org", "GB", "N1 9GU", "For my night shift.",
         True, False, CURRENT.version, "pending")
    ]  # fmt: skip
    assert rows("SELECT kind, recipient, state FROM outgoing_mail") == [
        ("confirm", "zoe@example.org", "queued")
    ]


def test_json_gets_the_same_as_a_form(client: FlaskClient) -> None:
    make_campaign()
    response = client.post(SIGN, json=form(), headers={"Accept": "application/json"})
    assert response.status_code == 202
    assert response.json == {"status": "check-email"}
    assert value("SELECT count(*) FROM signature") == 1


def test_new_duplicate_and_suppressed_addresses_get_the_same_answer(client: FlaskClient) -> None:
    make_campaign()
    new = sign(client)
    duplicate = sign(client, name="Somebody Else")
    for number in range(3):
        make_campaign(f"other-{number}")
        client.post(f"/campaigns/other-{number}/sign", data=form())
    db.session.execute(db.text("UPDATE signature SET state = 'confirmed'"))
    db.session.commit()
    confirmed = sign(client)
    assert alike(new) == alike(duplicate) == alike(confirmed)
    # The name first given stays: whoever types an address again may not be its owner.
    assert value("SELECT name FROM signature WHERE campaign_id = 1") == "Zoë Nguyễn"


def test_spellings_of_one_mailbox_are_one_signature(client: FlaskClient) -> None:
    make_campaign()
    for spelling in ("zoe.b@gmail.com", "ZoeB+petition@Gmail.com", "z.o.e.b@googlemail.com"):
        assert sign(client, email=spelling).status_code == 303
    assert rows("SELECT email, email_canonical FROM signature") == [
        ("zoe.b@gmail.com", "zoeb@gmail.com")
    ]


def test_twenty_identical_posts_at_once_leave_one_row_and_one_mail(app: Flask) -> None:
    make_campaign()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: sign(app.test_client()).status_code, range(20)))
    assert answers == [303] * 20
    assert value("SELECT count(*) FROM signature") == 1
    assert value("SELECT count(*) FROM outgoing_mail") == 1
    assert value("SELECT count(*) FROM signature_change") == 1


def test_one_person_gets_at_most_three_mails_a_day_over_all_campaigns(app: Flask) -> None:
    for number in range(8):
        make_campaign(f"campaign-{number}")

    def post(number: int) -> int:
        path = f"/campaigns/campaign-{number}/sign"
        return app.test_client().post(path, data=form(email="zoe@gmail.com")).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(post, range(8))) == [303] * 8
    assert value("SELECT count(*) FROM signature") == 8
    assert value("SELECT count(*) FROM outgoing_mail") == 3


def _an_hour_passes() -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE mail_allowance SET granted ="
            " array(SELECT t - interval '1 hour' FROM unnest(granted) t ORDER BY t)"
        )


@pytest.mark.parametrize(
    ("state", "kind"), [("pending", "confirm"), ("confirmed", "already-signed")]
)
def test_signing_again_later_sends_the_mail_that_fits(
    client: FlaskClient, state: str, kind: str
) -> None:
    make_campaign()
    sign(client)
    db.session.execute(db.text(f"UPDATE signature SET state = '{state}'"))
    db.session.commit()
    sign(client)
    assert value("SELECT count(*) FROM outgoing_mail") == 1
    _an_hour_passes()
    sign(client)
    assert rows("SELECT kind FROM outgoing_mail ORDER BY id") == [("confirm",), (kind,)]
    # The day's allowance holds however much time lies between the attempts.
    for _ in range(5):
        _an_hour_passes()
        sign(client)
    assert value("SELECT count(*) FROM outgoing_mail") == 3


@pytest.mark.parametrize("state", ["withdrawn", "excluded", "erased"])
def test_nothing_is_sent_for_a_signature_that_was_taken_back(
    client: FlaskClient, state: str
) -> None:
    make_campaign()
    sign(client)
    db.session.execute(db.text(f"UPDATE signature SET state = '{state}'"))
    db.session.commit()
    _an_hour_passes()
    assert sign(client).status_code == 303
    assert value("SELECT count(*) FROM outgoing_mail") == 1


@pytest.mark.parametrize("state", ["paused", "closed", "delivered"])
def test_a_campaign_that_takes_no_signatures_says_so(client: FlaskClient, state: str) -> None:
    make_campaign(state=state)
    assert sign(client).status_code == 409
    assert value("SELECT count(*) FROM signature") == 0


def test_a_draft_does_not_exist(client: FlaskClient) -> None:
    make_campaign(state="draft")
    assert sign(client).status_code == 404
    assert client.get("/campaigns/night-buses").status_code == 404


@pytest.mark.parametrize(("hours", "status"), [(-1, 409), (1, 303), (25, 409)])
def test_opening_and_closing_times_are_kept(client: FlaskClient, hours: int, status: int) -> None:
    opens = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    make_campaign(opens_at=opens, closes_at=opens + dt.timedelta(days=1))
    with time_machine.travel(opens + dt.timedelta(hours=hours), tick=False):
        assert sign(client).status_code == status


def test_a_signature_keeps_the_text_version_that_its_signer_saw(client: FlaskClient) -> None:
    campaign = make_campaign()
    campaign.texts.append(PledgeText(version=2, markdown="New.", html="<p>New.</p>", sha256="2"))
    db.session.commit()
    sign(client, text_version="1")
    sign(client, email="later@example.org", text_version="2")
    sign(client, email="unsaid@example.org")
    versions = rows(
        "SELECT version FROM signature s JOIN pledge_text t ON t.id = pledge_text_id ORDER BY s.id"
    )
    assert versions == [(1,), (2,), (2,)]
    assert sign(client, email="odd@example.org", text_version="3").status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_posts_from_other_sites_are_refused(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    make_campaign()
    assert client.post(SIGN, data=form(), headers=headers).status_code == status
    assert value("SELECT count(*) FROM signature") == (status == 303)


def test_what_was_typed_is_kept_when_something_is_wrong(client: FlaskClient) -> None:
    make_campaign()
    response = sign(client, email="not an address", comment="Keep me, please.")
    assert response.status_code == 400
    assert "Zoë Nguyễn" in response.text
    assert "not an address" in response.text
    assert "Keep me, please." in response.text
    assert '<option value="GB" selected>' in response.text


def test_no_network_address_is_kept(client: FlaskClient) -> None:
    make_campaign()
    sign(client)
    (key,) = rows("SELECT network_key FROM signature")[0]
    assert len(key) == 16
    assert b"127.0.0.1" not in bytes(key)


def test_where_a_supporter_came_from_is_recorded(client: FlaskClient) -> None:
    make_campaign()
    page = "http://127.0.0.1:8000/campaigns/night-buses?from=an-article&utm_source=news&x=1"
    client.post(SIGN, data=form(), headers={"Referer": page})
    assert value("SELECT source FROM signature") == "from=an-article&utm_source=news"
