"""No more updates: by a button, or by a mail program without asking (RFC 8058)."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.delivery.mailing import run_batch
from campaign.links import make_token
from campaign.mail.sending import send_due
from tests.delivery.handing import handed_over, mails_to, path_in, post_all
from tests.delivery.making import change
from tests.support.making import rows, value
from tests.support.smtp import Office


@pytest.fixture
def link(app: Flask, office: Office) -> str:
    """The link in the header of the first supporter's mail."""
    handed_over(2)
    change("DELETE FROM signature_past")  # That they asked for updates.
    post_all()
    (mail,) = mails_to(office, "p0@example.org")
    found = re.fullmatch(r"<http://127\.0\.0\.1:8000(/\S+)>", mail["List-Unsubscribe"].strip())
    assert found
    assert found[1] == path_in(mail, "unsubscribe")
    return found[1]


def wanting() -> list[bool]:
    return [wants for (wants,) in rows("SELECT updates FROM signature ORDER BY id")]


def test_looking_shows_a_button_and_changes_nothing(client: FlaskClient, link: str) -> None:
    page = client.get(link)
    assert page.status_code == 200
    assert f'<form method="post" action="{link}">' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert wanting() == [True, True]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"}),
        (b"", {}),
        (b"\xff\0", {"Content-Type": "text/plain"}),
        (b"{}", {"Content-Type": "application/json", "Origin": "https://mail.example"}),
        (b"x", {"Sec-Fetch-Site": "cross-site", "Origin": "null"}),
        (b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"}),
    ],
)
def test_a_post_from_anywhere_ends_updates(
    client: FlaskClient, link: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = client.post(link, data=body, headers=headers)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert wanting() == [False, True]
    # An export of an earlier moment still knows that they were wanted then.
    assert rows("SELECT updates FROM signature_past") == [(True,)]


def test_every_repeat_is_answered_alike_and_changes_nothing(client: FlaskClient, link: str) -> None:
    first, again = client.post(link), client.post(link)
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert len(rows("SELECT FROM signature_past")) == 1
    change("UPDATE signature SET state = 'erased'")
    assert client.post(link).data == first.data


@pytest.mark.parametrize("how", ["unsubscribe", "state = 'withdrawn'", "state = 'erased'"])
def test_what_waits_is_not_sent_any_more(
    app: Flask, office: Office, client: FlaskClient, how: str
) -> None:
    handed_over(2)
    send_due()
    assert run_batch()
    row = value("SELECT id FROM signature ORDER BY id LIMIT 1")
    if how == "unsubscribe":
        client.post(f"/unsubscribe/{make_token('unsubscribe', row)}")
    else:
        change(f"UPDATE signature SET {how} WHERE id = :id", id=row)
    send_due()
    assert mails_to(office, "p0@example.org") == []
    assert len(mails_to(office, "p1@example.org")) == 1


@pytest.mark.parametrize("purpose", ["confirm", "mine", "office", "none"])
def test_other_tokens_are_not_taken(client: FlaskClient, link: str, purpose: str) -> None:
    for token in (make_token(purpose, 1), make_token("unsubscribe", 99), "abcdefghijklmnop"):
        for answer in (client.get(f"/unsubscribe/{token}"), client.post(f"/unsubscribe/{token}")):
            assert answer.status_code == 404
    assert wanting() == [True, True]
