"""Asking for the confirmation mail again: what is sent, and that nobody learns who has signed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.public.thanked import CAMPAIGN, NOT_COUNTED, alike, hours_pass, into, mails
from tests.support.making import form, make_campaign, rows, value

RESEND = f"{CAMPAIGN}/resend"


def test_the_mail_is_sent_again_to_whoever_has_not_confirmed(client: FlaskClient) -> None:
    make_campaign()
    client.post(f"{CAMPAIGN}/sign", data=form())
    hours_pass()
    answer = client.post(RESEND, data={"email": "ZOE@example.org"})
    assert (answer.status_code, answer.location) == (303, f"{CAMPAIGN}/check-email?again=1")
    said = client.get(answer.location).text
    assert "the message is on its way again" in said
    assert "the message is on its way again" not in client.get(f"{CAMPAIGN}/check-email").text
    assert mails() == [("confirm", "zoe@example.org")] * 2


def test_whoever_has_confirmed_is_told_so(client: FlaskClient, signer: str) -> None:
    hours_pass()
    client.post(RESEND, data={"email": "zoe@example.org"})
    assert mails()[1:] == [("already-signed", "zoe@example.org")]


def test_known_and_unknown_addresses_get_the_same_answer(client: FlaskClient) -> None:
    make_campaign()
    client.post(f"{CAMPAIGN}/sign", data=form())
    hours_pass()
    known = client.post(RESEND, data={"email": "zoe@example.org"})
    soon = client.post(RESEND, data={"email": "zoe@example.org"})
    unknown = client.post(RESEND, data={"email": "nobody@example.org"})
    assert alike(known) == alike(soon) == alike(unknown)
    assert len(mails()) == 2
    assert value("SELECT count(*) FROM signature") == 1


def test_the_days_allowance_holds_for_mails_that_are_sent_again(client: FlaskClient) -> None:
    make_campaign()
    client.post(f"{CAMPAIGN}/sign", data=form())
    for _ in range(5):
        hours_pass()
        client.post(RESEND, data={"email": "zoe@example.org"})
    assert len(mails()) == 3


def test_asking_in_anothers_name_uses_up_none_of_their_mails(client: FlaskClient) -> None:
    make_campaign()
    for _ in range(5):
        client.post(RESEND, data={"email": "zoe@example.org"})
        hours_pass()
    client.post(f"{CAMPAIGN}/sign", data=form())
    assert mails() == [("confirm", "zoe@example.org")]


@pytest.mark.parametrize("state", NOT_COUNTED[:3])
def test_nothing_is_sent_again_to_whoever_has_left(client: FlaskClient, state: str) -> None:
    make_campaign()
    client.post(f"{CAMPAIGN}/sign", data=form())
    into(state)
    hours_pass()
    assert client.post(RESEND, data={"email": "zoe@example.org"}).status_code == 303
    assert len(mails()) == 1


@pytest.mark.parametrize("typed", ["", "nowhere", "a@b@example.org", "zoe@exam\0ple.org"])
def test_what_is_no_address_comes_back_with_a_sentence(client: FlaskClient, typed: str) -> None:
    make_campaign()
    answer = client.post(RESEND, data={"email": typed})
    assert answer.status_code == 400
    assert 'href="#field-email"' in answer.text
    assert "Check your email" in answer.text
    assert mails() == []


@pytest.mark.parametrize("path", [RESEND, f"{CAMPAIGN}/prefilled"])
@pytest.mark.parametrize(
    ("headers", "kind", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, None, 403),
        ({"Origin": "https://evil.example"}, None, 403),
        ({}, "application/json", 415),
        ({"Content-Encoding": "gzip"}, None, 415),
    ],
)
def test_posts_of_other_sites_and_kinds_are_refused(
    client: FlaskClient, path: str, headers: dict[str, str], kind: str | None, status: int
) -> None:
    make_campaign()
    data = "{}" if kind else {"email": "zoe@example.org"}
    answer = client.post(path, data=data, headers=headers, content_type=kind)
    assert answer.status_code == status
    assert rows("SELECT FROM mail_allowance") == []


@pytest.mark.parametrize(("state", "status"), [("draft", 404), ("closed", 409)])
def test_no_mail_comes_from_a_campaign_that_takes_no_signatures(
    client: FlaskClient, state: str, status: int
) -> None:
    make_campaign(state=state)
    assert client.post(RESEND, data={"email": "zoe@example.org"}).status_code == status
