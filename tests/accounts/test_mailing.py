"""Mails to staff."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from campaign.accounts.forgetting import forget_links
from campaign.accounts.mailing import send_link, send_notice
from campaign.extensions import db
from campaign.mail.sending import send_due


def test_a_link_is_forgotten_as_soon_as_it_was_sent(app: Flask) -> None:
    send_link("staff-reset", "olu@example.org", "http://127.0.0.1:8000/staff/reset/secret")
    forget_links()
    assert send_due().sent == 1
    forget_links()
    send_notice("olu@example.org", "passkey added")
    with db.engine.connect() as connection:
        kept = connection.scalars(text("SELECT shared::text FROM outgoing_mail ORDER BY id")).all()
    assert kept[0] == "{}"
    assert "passkey added" in kept[1]
    folder = app.extensions["groundswell"].data_dir / "mail"
    sent = b"".join(mail.read_bytes() for mail in folder.glob("*.eml"))
    assert b"/staff/reset/secret" in sent.replace(b"=\r\n", b"")
