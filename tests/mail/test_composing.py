"""Composing: quick, and the same mail that the standard library would have read."""

from __future__ import annotations

import hashlib
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from babel.support import NullTranslations
from flask import Flask

from campaign import languages
from campaign.links import read_token
from campaign.mail.attaching import Attachment, NotComposed
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
    # Mails to offices and about deliveries.
    "official_name": "李 Zoë Nguyễn",
    "official_title": "Minister of Transport",
    "official_body": "Government",
    "delivery_number": "3",
    "signatures": "12,345 signatures, 678 of them on paper",
    "count": "12345",
    "paper": "678",
    "cut_off": "25 November 2026",
    "file_name": "trees-minister-3.zip",
    "file_size": "3.2 MB",
    "file_sha256": "ab" * 32,
    "encrypted": "y",
    "deliveries_url": "http://127.0.0.1:8000/campaigns/trees/deliveries",
    "date": "2026-11-25",
    "answer": "We will plant them.\n\nعندي = <b>بضعة</b>\n.\n-- \nfrom line",
    "written_by": "Rahel Osei, clerk",
    "headline": "A delivery of trees has been acknowledged",
}


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_composes_to_a_clean_message(app: Flask, kind: str) -> None:
    data = compose(kind, 7, "zoe@example.org", SHARED, 42, number=1_234_567)
    message = read(data)
    assert not message.defects
    assert [part.defects for part in message.iter_parts()] == [[], []]
    assert message["To"] == "zoe@example.org"
    assert message["Message-ID"] == message_id(7)
    said = message["Subject"] + "".join(part.get_content() for part in message.iter_parts())
    assert any(words in said for words in (SHARED["campaign_title"], SHARED["link"], "/office/"))
    for line in data.split(b"\r\n"):
        one_word = line.startswith((b"To:", b"Message-ID:", b"List-Unsubscribe:"))
        assert len(line) <= 78 or one_word, line
        assert b"\n" not in line
        assert line.isascii()
    assert read(message.as_bytes(policy=SMTP)).get_body(("plain",)) is not None


@pytest.mark.parametrize(
    ("code", "direction", "number"),
    [("fr", "ltr", "1\u202f234\u202f567"), ("es", "ltr", "1.234.567"), ("ar", "rtl", "1,234,567")],
)
def test_a_mail_speaks_its_language(
    app: Flask, monkeypatch: pytest.MonkeyPatch, code: str, direction: str, number: str
) -> None:
    monkeypatch.setitem(languages.NAMES, code, code)
    monkeypatch.setattr(languages, "translations", lambda _: NullTranslations())
    data = compose("delivered", 7, "zoe@example.org", SHARED, 42, language=code, number=1_234_567)
    text, html = (part.get_content() for part in read(data).iter_parts())
    assert number in text.replace("\u200e", "")
    assert number in html.replace("\u200e", "")
    assert f'<html lang="{code}" dir="{direction}">' in html
    for part in (text, html):
        assert f"http://127.0.0.1:8000/{code}/mine/" in part
        assert f"http://127.0.0.1:8000/{code}/unsubscribe/" in part
        assert f"http://127.0.0.1:8000/{code}/campaigns/trees" in part
    assert all(len(line) <= 78 for line in data.split(b"\r\n") if b"List-Unsub" not in line)


def test_a_mail_in_a_language_of_none_of_ours_is_english(app: Flask) -> None:
    data = compose("confirm", 7, "zoe@example.org", SHARED, 42, language="tlh")
    assert '<html lang="en" dir="ltr">' in read(data).get_body(("html",)).get_content()
    assert b"/tlh/" not in data


def test_the_link_is_whole_in_both_parts_and_names_its_row(app: Flask) -> None:
    message = read(compose("confirm", 7, "zoe@example.org", SHARED, 42))
    for part in message.iter_parts():
        text = part.get_content()
        token = text.split("http://127.0.0.1:8000/confirm/", 1)[1]
        token = token.split('"')[0].split()[0].split("<")[0]
        assert read_token("confirm", token, valid_days=1) == 42


@pytest.mark.parametrize("kind", sorted(name for name, one in KINDS.items() if one.updates))
def test_mails_to_many_tell_each_their_number_and_can_be_ended_at_once(
    app: Flask, kind: str
) -> None:
    message = read(compose(kind, 7, "zoe@example.org", SHARED, 42, number=1_234_567))
    # RFC 8058, 3.1: one https link in brackets, and the body of the post.
    (link,) = re.findall(
        r"^<(http://127\.0\.0\.1:8000/unsubscribe/\S+)>$", message["List-Unsubscribe"]
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read_token("unsubscribe", link.rsplit("/", 1)[1], valid_days=1) == 42
    for part in message.iter_parts():
        assert "1,234,567" in part.get_content()
        assert link in part.get_content()
        assert "/mine/" in part.get_content()


@pytest.mark.parametrize("kind", sorted(name for name, one in KINDS.items() if not one.updates))
def test_other_mails_cannot_be_unsubscribed_from(app: Flask, kind: str) -> None:
    message = read(compose(kind, 7, "zoe@example.org", SHARED, 42))
    assert message["List-Unsubscribe"] is None


@pytest.mark.parametrize("kind", sorted(name for name, one in KINDS.items() if one.numbered))
def test_a_mail_that_must_tell_a_number_is_not_composed_without(app: Flask, kind: str) -> None:
    with pytest.raises(NotComposed, match="number"):
        compose(kind, 7, "zoe@example.org", SHARED, 42)


def test_an_answer_in_a_mail_is_text_whatever_it_says(app: Flask) -> None:
    message = read(compose("answered", 7, "zoe@example.org", SHARED, 42, number=1))
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert SHARED["answer"] in plain.get_content().replace("\r\n", "\n")
    assert "<b>" not in html.get_content()
    assert "عندي = &lt;b&gt;بضعة" in html.get_content()


def test_a_file_goes_along_unchanged(app: Flask, data_dir: Path) -> None:
    content = bytes(range(256)) * 999 + b"\r\n.\r\n"
    (data_dir / "a.zip").write_bytes(content)
    attachment = Attachment("a.zip", "trees-1.zip", hashlib.sha256(content).hexdigest())
    data = compose("delivery", 7, "office@example.org", SHARED, 42, attachment=attachment)
    message = read(data)
    (part,) = message.iter_attachments()
    assert part.get_filename() == "trees-1.zip"
    assert part.get_content_type() == "application/zip"
    assert part.get_content() == content
    assert message.get_body(("plain",)) is not None
    assert max(map(len, data.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("gone.zip", "cannot be read"),
        ("../secret", "outside DATA_DIR"),
        ("/etc/hostname", "outside DATA_DIR"),
        ("other.zip", "SHA-256 differs"),
    ],
)
def test_a_file_that_is_not_what_was_meant_is_not_sent(
    app: Flask, data_dir: Path, path: str, reason: str
) -> None:
    (data_dir / "other.zip").write_bytes(b"other")
    attachment = Attachment(path, "a.zip", hashlib.sha256(b"this").hexdigest())
    with pytest.raises(NotComposed, match=reason):
        compose("delivery", 7, "office@example.org", SHARED, 42, attachment=attachment)


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
