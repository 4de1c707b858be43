"""Whoever has not confirmed is asked again: a day after signing and three, and never in vain."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from campaign.delivery.erasing import erase
from campaign.links import settings
from campaign.mail.allowance import MAX_A_DAY
from campaign.mail.sending import send_due
from campaign.signatures import reminding
from campaign.signatures.addresses import person_key
from campaign.signatures.confirming import confirm
from campaign.signatures.reminding import remind_unconfirmed
from campaign.signatures.withdrawing import withdraw
from tests.delivery.making import change
from tests.mail.test_sending import sign
from tests.support.crowd import put
from tests.support.making import confirm_token, form, make_campaign, rows, value
from tests.support.smtp import Office

ZOE = "zoe@example.org"


@pytest.fixture
def zoe(app: Flask, office: Office) -> int:
    """A signature of an hour ago whose confirmation mail was sent."""
    make_campaign()
    sign(app, ZOE)
    send_due()
    office.accepted.clear()
    signed(1 / 24)
    return int(value("SELECT id FROM signature"))


def signed(days_ago: float) -> None:
    """Let all that happened have happened so many days ago, and nobody have had mail since."""
    moment = f"now() - interval '1 second' - interval '{days_ago} days'"
    change(f"UPDATE signature SET created_at = {moment}")
    change(f"UPDATE outgoing_mail SET created_at = {moment}, sent_at = {moment}")
    change("DELETE FROM mail_allowance")


def test_who_signed_a_day_ago_is_reminded_once(zoe: int, office: Office) -> None:
    assert remind_unconfirmed() == 0
    signed(1)
    assert remind_unconfirmed() == 1
    assert remind_unconfirmed() == 0
    send_due()
    assert [mail["To"] for mail in office.accepted] == [ZOE]
    assert remind_unconfirmed() == 0


def test_there_is_a_second_reminder_after_three_days_and_no_third(zoe: int) -> None:
    for days_ago, due in ((1, 1), (2.9, 0), (3, 1), (5, 0)):
        signed(days_ago)
        change("UPDATE signature SET reminded_at = reminded_at - interval '2 days'")
        assert remind_unconfirmed() == due, days_ago
        send_due()
    assert value("SELECT count(*) FROM outgoing_mail WHERE kind = 'reminder'") == 2


def test_two_reminders_are_a_day_apart_even_if_the_first_came_late(zoe: int) -> None:
    signed(4)
    assert remind_unconfirmed() == 1
    send_due()
    change("DELETE FROM mail_allowance")
    assert remind_unconfirmed() == 0
    change("UPDATE signature SET reminded_at = reminded_at - interval '25 hours'")
    assert remind_unconfirmed() == 1


def test_what_was_signed_long_ago_is_not_brought_up_again(zoe: int) -> None:
    signed(7)
    assert remind_unconfirmed() == 0


def test_the_mail_leads_to_confirming_and_to_the_own_page(
    app: Flask, zoe: int, office: Office
) -> None:
    signed(1)
    remind_unconfirmed()
    send_due()
    (mail,) = office.accepted
    assert mail["Subject"] == "Still to confirm: Night buses for everyone"
    browser = app.test_client()
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body
        links = set(re.findall(r"http://127\.0\.0\.1:8000(/[\w./-]+)", body.get_content()))
        pages = {link.split("/")[1]: browser.get(link).status_code for link in links}
        assert pages == {"confirm": 200, "mine": 200, "campaigns": 200}
    (link,) = (link for link in links if link.startswith("/confirm/"))
    assert browser.post(link).status_code == 303
    assert value("SELECT state FROM signature") == "confirmed"


@pytest.mark.parametrize("done", ["confirmed", "withdrawn", "excluded", "erased"])
def test_who_is_not_waited_for_is_not_reminded(zoe: int, done: str) -> None:
    signed(1)
    change("UPDATE signature SET state = :state", state=done)
    assert remind_unconfirmed() == 0


@pytest.mark.parametrize("done", ["confirm", "withdraw", "erase"])
def test_a_reminder_that_still_waits_is_not_sent_to_who_has_answered(
    zoe: int, office: Office, done: str
) -> None:
    token = confirm_token()
    signed(1)
    assert remind_unconfirmed() == 1
    if done == "confirm":
        confirm(token)
    else:
        {"withdraw": withdraw, "erase": erase}[done](zoe)
    assert send_due().sent == 0
    assert office.accepted == []


@pytest.mark.parametrize(
    "setting",
    [
        "state = 'closed'",
        "state = 'paused'",
        "state = 'delivered'",
        "closes_at = now() - interval '1 minute'",
        "opens_at = now() + interval '1 day'",
    ],
)
def test_nobody_is_reminded_of_what_takes_no_signatures(zoe: int, setting: str) -> None:
    signed(1)
    change(f"UPDATE campaign SET {setting}")
    assert remind_unconfirmed() == 0


@pytest.mark.parametrize("state", ["failed", "queued", "sending", "held"])
def test_who_could_not_be_reached_is_not_written_to(zoe: int, state: str) -> None:
    signed(1)
    change("UPDATE outgoing_mail SET state = :state", state=state)
    assert remind_unconfirmed() == 0


def test_who_has_had_enough_mail_is_considered_again_a_day_later(zoe: int) -> None:
    signed(1)
    change(
        f"""
        INSERT INTO mail_allowance (person, granted, allowed)
        SELECT decode(:person, 'hex'), array_fill(now() - interval '1 hour', ARRAY[{MAX_A_DAY}]),
            true
        """,
        person=_person(),
    )
    assert remind_unconfirmed() == 0
    change("DELETE FROM mail_allowance")
    assert remind_unconfirmed() == 0
    change("UPDATE signature SET reminded_at = reminded_at - interval '25 hours'")
    assert remind_unconfirmed() == 1


def test_a_reminder_counts_towards_what_one_person_is_sent(app: Flask, zoe: int) -> None:
    signed(1)
    assert remind_unconfirmed() == 1
    before = value("SELECT count(*) FROM outgoing_mail")
    sign(app, ZOE)
    assert value("SELECT count(*) FROM outgoing_mail") == before


def test_the_language_of_the_signature_is_spoken(zoe: int) -> None:
    signed(1)
    change("UPDATE signature SET language = 'fr'")
    remind_unconfirmed()
    assert rows("SELECT language FROM outgoing_mail WHERE kind = 'reminder'") == [("fr",)]


def test_two_workers_remind_everybody_once(app: Flask) -> None:
    make_campaign()
    put(300, state="pending", minutes_ago=60 * 25)

    def remind(_: int) -> int:
        with app.app_context():
            return remind_unconfirmed()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(remind, range(2)))
    assert sum(found) == 300
    count = "SELECT count(*), count(DISTINCT signature_id) FROM outgoing_mail"
    assert rows(count) == [(300, 300)]


def test_a_run_reminds_as_many_as_a_batch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_campaign()
    put(reminding.BATCH + 20, state="pending", minutes_ago=60 * 25)
    assert [remind_unconfirmed() for _ in range(3)] == [reminding.BATCH, 20, 0]


def test_somebody_with_two_campaigns_is_reminded_of_one_at_a_time(app: Flask, zoe: int) -> None:
    make_campaign("libraries")
    app.test_client().post("/campaigns/libraries/sign", data=form(email=ZOE))
    send_due()
    signed(1)
    assert [remind_unconfirmed(), remind_unconfirmed()] == [1, 0]
    change("UPDATE mail_allowance SET granted = ARRAY[now() - interval '25 hours']")
    change("UPDATE signature SET reminded_at = reminded_at - interval '25 hours'")
    assert remind_unconfirmed() == 1
    assert value("SELECT count(*) FROM signature WHERE reminders = 1") == 2


def _person() -> str:
    return person_key(ZOE, settings().secret_key).hex()
