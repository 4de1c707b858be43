"""What is never confirmed goes, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from campaign.delivery.erasing import erase_unconfirmed
from campaign.delivery.lapsing import erase_lapsed
from campaign.mail.sending import send_due
from campaign.signatures.confirming import confirm
from tests.delivery.making import change
from tests.mail.test_sending import sign
from tests.support.crowd import expect_no_drift, put
from tests.support.making import confirm_token, make_campaign, rows, value

DAY = 24 * 60
STATES = "SELECT state, count(*) FROM signature GROUP BY 1 ORDER BY 1"


@pytest.fixture(autouse=True)
def campaign(app: Flask) -> Iterator[None]:
    """A campaign, whose counts are right in the end."""
    make_campaign()
    yield
    expect_no_drift()


def test_who_has_not_confirmed_for_thirty_days_is_erased() -> None:
    put(3, state="pending", minutes_ago=30 * DAY + 5, source="utm_source=harbour")
    put(2, state="pending", minutes_ago=30 * DAY - 5)
    for state in ("confirmed", "withdrawn", "excluded"):
        put(1, state=state, minutes_ago=90 * DAY)
    assert erase_lapsed(60) == 3
    assert rows(STATES) == [
        ("confirmed", 1),
        ("erased", 3),
        ("excluded", 1),
        ("pending", 2),
        ("withdrawn", 1),
    ]
    left = "SELECT DISTINCT name, email, country, source FROM signature WHERE state = 'erased'"
    assert rows(left) == [("", "", "", "")]
    assert erase_lapsed(60) == 0


def test_who_asked_for_another_mail_keeps_the_signature_while_its_link_works(app: Flask) -> None:
    sign(app, "zoe@example.org")
    send_due()
    change("UPDATE signature SET created_at = now() - interval '31 days'")
    assert erase_lapsed(60) == 0
    change("UPDATE outgoing_mail SET sent_at = now() - interval '14 days 1 minute'")
    assert erase_lapsed(60) == 1
    assert value("SELECT count(*) FROM outgoing_mail") == 0
    # What was moved in time for the test is moved in the charts, too.
    change("UPDATE signature_change SET signed_at = (SELECT created_at FROM signature)")


def test_who_confirms_at_the_last_moment_is_left_alone(app: Flask) -> None:
    sign(app, "zoe@example.org")
    confirm(confirm_token())
    assert not erase_unconfirmed(value("SELECT id FROM signature"))
    assert value("SELECT state FROM signature") == "confirmed"


def test_what_takes_longer_is_gone_on_with_the_next_time() -> None:
    put(5, state="pending", minutes_ago=31 * DAY)
    assert erase_lapsed(-1) == 0
    assert erase_lapsed(60) == 5
