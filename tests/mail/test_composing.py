"""Composing: quick, and the same mail that the standard library would have read."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from flask import Flask

from campaign.links import read_token
from campaign.mail.composing import KINDS, compose, message_id

SHARED = {
    "campaign_title": "Città più verde – zażółć gęślą jaźń, 更多树木",
    "campaign_ask": "Plant 1,000 trees & water them = live.\n.",
    "campaign_url": "http://127.0.0.1:8000/campaigns/trees",
    "valid_days": "14",
    # Mails to staff.
    "link": "http://127.0.0.1:8000/staff/",
    "what": "your name is Città più verde",
    "campaign": "Città più verde – zażółć gęślą jaźń, 更多树木",
    "places": "2 places",
}


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_composes_to_a_clean_message(app: Flask, kind: str) -> None:
    data = compose(kind, 7, "zoe@example.org", SHARED, 42)
    message = read(data)
    assert not message.defects
    assert [part.defects for part in message.iter_parts()] == [[], []]
    assert message["To"] == "zoe@example.org"
    assert message["Message-ID"] == message_id(7)
    said = message["Subject"] + "".join(part.get_content() for part in message.iter_parts())
    assert any(words in said for words in (SHARED["campaign_title"], SHARED["link"]))
    for line in data.split(b"\r\n"):
        assert len(line) <= 78 or line.startswith((b"To:", b"Message-ID:")), line
        assert b"\n" not in line
        assert line.isascii()
    assert read(message.as_bytes(policy=SMTP)).get_body(("plain",)) is not None


def test_the_link_is_whole_in_both_parts_and_names_its_row(app: Flask) -> None:
    message = read(compose("confirm", 7, "zoe@example.org", SHARED, 42))
    for part in message.iter_parts():
        text = part.get_content()
        token = text.split("http://127.0.0.1:8000/confirm/", 1)[1]
        token = token.split('"')[0].split()[0].split("<")[0]
        assert read_token("confirm", token, valid_days=1) == 42


def test_mails_of_one_campaign_differ_in_nothing_else(app: Flask) -> None:
    one = read(compose("confirm", 1, "a@example.org", SHARED, 1))
    two = read(compose("confirm", 2, "b@example.org", SHARED, 2))
    assert one["Subject"] == two["Subject"]
    assert one["Message-ID"] != two["Message-ID"]


def test_html_is_escaped(app: Flask) -> None:
    shared = {**SHARED, "campaign_title": "<script>alert(1)</script>"}
    body = read(compose("confirm", 1, "a@example.org", shared, 1)).get_body(("html",))
    assert body is not None
    assert "<script>" not in body.get_content()


def test_a_recipient_that_is_no_ascii_is_refused(app: Flask) -> None:
    with pytest.raises(UnicodeEncodeError):
        compose("confirm", 1, "zoë@example.org", SHARED, 1)
