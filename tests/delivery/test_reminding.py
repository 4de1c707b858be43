"""Admins are reminded of what nobody acknowledges."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.accounts.adding import add_account
from campaign.delivery.reminding import remind_admins, unacknowledged
from campaign.mail.sending import send_due
from tests.delivery.handing import handed_over, mails_to, sent, text_of
from tests.delivery.making import MINISTER, SLUG, change
from tests.support.making import rows
from tests.support.smtp import Office
from tests.support.staff import PASSWORD, Staff

MAILS = "SELECT count(*) FROM outgoing_mail WHERE kind = 'staff-delivery'"


def test_admins_are_reminded_once_a_week(app: Flask, office: Office) -> None:
    for role in ("admin", "organiser"):
        add_account(f"{role}@example.org", role, password=PASSWORD)
    handed_over(1)
    change("UPDATE delivery SET sent_at = now() - interval '6 days 23 hours'")
    assert remind_admins() == 0
    change("UPDATE delivery SET sent_at = now() - interval '7 days 1 minute'")
    assert remind_admins() == 1
    assert remind_admins() == 0
    change("UPDATE delivery SET reminded_at = now() - interval '7 days 1 minute'")
    sent(MINISTER)
    change("UPDATE delivery SET sent_at = now() - interval '8 days' WHERE number = 2")
    assert remind_admins() == 2
    send_due()
    mails = {mail["Subject"]: text_of(mail) for mail in mails_to(office, "admin@example.org")}
    assert set(mails) == {"A delivery is not acknowledged", "2 deliveries are not acknowledged"}
    for said in mails.values():
        assert "Night buses for everyone: delivery 1 to Ada Okafor" in said
    assert mails_to(office, "organiser@example.org") == []


@pytest.mark.parametrize("state", ["ready", "acknowledged", "failed"])
def test_only_what_was_sent_and_not_acknowledged_is_reminded_of(app: Flask, state: str) -> None:
    add_account("admin@example.org", "admin", password=PASSWORD)
    handed_over(1)
    change("UPDATE delivery SET sent_at = now() - interval '8 days', state = :s", s=state)
    assert remind_admins() == 0
    assert unacknowledged() == []
    assert rows(MAILS) == [(0,)]


def test_the_dashboard_shows_them(app: Flask, staff: Callable[[str], Staff]) -> None:
    handed_over(1)
    organiser = staff("organiser")
    assert "not acknowledged" not in organiser.get("/staff/").text
    change("UPDATE delivery SET sent_at = now() - interval '8 days'")
    page = organiser.get("/staff/").text
    assert "not acknowledged" in page
    assert f"/staff/campaigns/{SLUG}/deliveries/1" in page
