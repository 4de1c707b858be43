"""Spikes: fakes raise an alert, a good day does not; admins are told once."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from campaign.accounts.adding import add_account
from campaign.accounts.audit import Actor
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.mail.composing import compose
from campaign.signatures.alerts import alert_counts, dismiss, open_alerts
from campaign.signatures.condition import read_condition
from campaign.signatures.excluding_many import run_batch
from campaign.signatures.exclusions import preview, start
from campaign.signatures.spikes import HISTORY, LEAST, NETWORKS, TIMES, watch
from tests.support.crowd import put
from tests.support.making import make_campaign, rows, value
from tests.support.staff import PASSWORD

ADMIN = Actor("ada@example.org", "192.0.2.1")
SLUG = "night-buses"
NETWORK = "ab" * 16


def usual_week(number: int = HISTORY, domain: str = "example.org") -> None:
    """Signatures of a week ago, at one moment or another."""
    put(number, domain=domain, minutes_ago=5 * 1440)


def found() -> list[tuple[str, str, int]]:
    return [(one.kind, one.subject, one.signatures) for one in open_alerts()]


def test_a_domain_that_nobody_knew_raises_an_alert(app: Flask) -> None:
    make_campaign()
    usual_week()
    put(10, minutes_ago=30)
    put(LEAST, domain="trash.example", minutes_ago=20)
    assert watch() == 1
    assert found() == [("domain", "trash.example", LEAST)]
    assert alert_counts() == [("Night buses for everyone", 1)]


def test_a_known_domain_raises_one_when_it_alone_speeds_up(app: Flask) -> None:
    make_campaign()
    usual_week(200)
    usual_week(200, "mail.example")
    put(5, minutes_ago=30)
    put(60, domain="mail.example", minutes_ago=20)
    watch()
    assert found() == [("domain", "mail.example", 60)]


def test_a_good_day_raises_none(app: Flask) -> None:
    make_campaign()
    usual_week(120)
    usual_week(60, "mail.example")
    put(400, minutes_ago=30)
    put(200, domain="mail.example", minutes_ago=20)
    assert watch() == 0


def test_few_are_no_spike(app: Flask) -> None:
    make_campaign()
    usual_week()
    put(LEAST - 1, domain="trash.example", network=NETWORK, minutes_ago=20)
    assert watch() == 0


def test_a_new_campaign_has_no_usual_domains_yet(app: Flask) -> None:
    make_campaign()
    usual_week(HISTORY - 1)
    put(300, domain="trash.example", minutes_ago=20)
    assert watch() == 0


def test_a_network_raises_one_even_in_a_new_campaign(app: Flask) -> None:
    make_campaign()
    put(100, minutes_ago=30)
    put(LEAST, network=NETWORK, minutes_ago=20)
    assert watch() == 1
    assert found() == [("network", NETWORK, LEAST)]
    assert open_alerts()[0].usual == 1


def test_a_network_is_compared_with_the_other_networks(app: Flask) -> None:
    make_campaign()
    for number in range(NETWORKS):
        put(LEAST // TIMES + 1, network=f"{number:032x}", minutes_ago=30)
    put(LEAST, network=NETWORK, minutes_ago=20)
    assert watch() == 0


@pytest.mark.parametrize(
    "given", [{"minutes_ago": 61}, {"state": "excluded"}, {"state": "withdrawn"}]
)
def test_what_is_over_or_does_not_count_raises_none(app: Flask, given: dict[str, object]) -> None:
    make_campaign()
    usual_week()
    put(LEAST * 2, domain="trash.example", network=NETWORK, **{"minutes_ago": 20, **given})
    assert watch() == 0


def test_a_closed_campaign_is_not_watched(app: Flask) -> None:
    make_campaign(state="closed")
    put(LEAST * 2, network=NETWORK, minutes_ago=20)
    assert watch() == 0


def test_admins_are_mailed_once_without_a_personal_datum(app: Flask) -> None:
    make_campaign()
    add_account("ada@example.org", "admin", password=PASSWORD)
    add_account("invited@example.org", "admin")
    add_account("olu@example.org", "organiser", password=PASSWORD)
    put(LEAST, network=NETWORK, minutes_ago=20)
    put(LEAST, network="cd" * 16, minutes_ago=20)
    assert [watch() for _ in range(3)] == [2, 0, 0]
    mails = rows("SELECT id, kind, recipient, shared FROM outgoing_mail")
    assert [mail[1:3] for mail in mails] == [("staff-alert", "ada@example.org")]
    text = compose(mails[0][1], mails[0][0], mails[0][2], mails[0][3], None).decode()
    assert "2 places" in text
    assert "/staff/" in text
    for secret in (NETWORK, "Zoë", "Nguy"):
        assert secret not in json.dumps(mails[0][3], ensure_ascii=False)


def test_seen_again_it_stays_one_alert_and_keeps_the_highest_number(app: Flask) -> None:
    make_campaign()
    put(LEAST, network=NETWORK, minutes_ago=20)
    watch()
    put(7, network=NETWORK, minutes_ago=5)
    watch()
    assert found() == [("network", NETWORK, LEAST + 7)]


def test_a_dismissed_alert_keeps_quiet_for_a_day(app: Flask) -> None:
    make_campaign()
    put(LEAST, network=NETWORK, minutes_ago=20)
    watch()
    alert = open_alerts()[0].id
    assert [dismiss(alert, actor=ADMIN) for _ in range(2)] == [True, False]
    assert (found(), watch()) == ([], 0)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alert SET dismissed_at = now() - interval '25 hours'")
    assert watch() == 1
    assert rows("SELECT action, subject FROM audit_event") == [
        ("alert dismissed", f"alert:{alert}")
    ]
    with pytest.raises(NotFound):
        dismiss(999, actor=ADMIN)


def test_an_alert_leads_to_the_signatures_that_raised_it(app: Flask) -> None:
    make_campaign()
    usual_week()
    put(LEAST, domain="trash.example", minutes_ago=20)
    watch()
    condition = read_condition(open_alerts()[0].condition)
    shown = preview(SLUG, condition, actor=ADMIN)
    assert shown.count == LEAST
    start(SLUG, condition, shown.cut_off.isoformat(), "made up", actor=ADMIN)
    while run_batch():
        pass
    assert value("SELECT count(*) FROM signature WHERE state = 'excluded'") == LEAST
