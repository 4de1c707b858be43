"""Erasing: nothing is left of a person, everything still adds up, everybody else's proof stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.delivery import erasing
from campaign.delivery.erasing import erase
from campaign.errors import NotFound
from campaign.links import make_token
from campaign.mail.sending import send_due
from campaign.signatures import counting
from campaign.signatures.confirming import confirm
from campaign.signatures.standing import standing
from campaign.signatures.withdrawing import NotCounted, withdraw
from tests.delivery.making import (
    SLUG,
    change,
)
from tests.support.crowd import expect_no_drift, put
from tests.support.making import form, make_campaign, rows, value

PERSON = {
    "name": "Ottoline Quackenbush",
    "email": "Ottoline.Q+tag@quackenbush.example",
    "country": "IS",
    "postcode": "ZZ9 9ZZ",
    "comment": "My cousin reads there every day",
    "updates": "y",
    "public": "y",
}
TRACES = ("ottoline", "quackenbush", "zz9", "cousin", "utm_source=harbour", "'is'", ",is,")
STATES = ("pending", "confirmed", "withdrawn", "excluded")


def everything() -> str:
    """Every row of every table, as text."""
    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    found = [
        str(row[0])
        for (table,) in rows(names)
        for row in rows(f"SELECT t::text || encode(t::text::bytea, 'escape') FROM {table} t")
    ]
    return "\n".join(found).lower()


def test_nothing_that_says_who_it_was_is_left_in_any_table(client: FlaskClient) -> None:
    make_campaign()
    put(2, domain="elsewhere.example")
    source = {"Referer": "http://127.0.0.1:8000/campaigns/night-buses?utm_source=harbour"}
    client.post(f"/campaigns/{SLUG}/sign", data=form(**PERSON), headers=source)
    one = value("SELECT max(id) FROM signature")
    network = value("SELECT encode(network_key, 'hex') FROM signature WHERE id = :i", i=one)
    confirm(make_token("confirm", one))
    send_due()
    counting.fold()
    before = everything()
    assert all(trace in before for trace in (*TRACES[:-2], network))
    erase(one)
    counting.fold()
    counting.drop_empty()
    after = everything()
    assert [trace for trace in (*TRACES, network) if trace in after] == []
    assert (
        rows("SELECT value FROM signature_tally WHERE value IN ('IS', 'quackenbush.example')") == []
    )
    assert value("SELECT count(*) FROM outgoing_mail") == 0
    expect_no_drift()


@pytest.mark.parametrize("before", STATES)
def test_the_row_stays_in_the_sum_of_what_was_submitted(app: Flask, before: str) -> None:
    make_campaign()
    for state in STATES:
        put(2, state=state)
    (one,) = put(1, state=before)
    was = standing(SLUG)
    for _ in range(2):
        erase(one)
        now = standing(SLUG)
        assert (now.submitted, now.erased) == (was.submitted, 1) == (9, 1)
        assert getattr(now, before) == getattr(was, before) - 1
        assert now.displayed == was.displayed - (before == "confirmed")
        expect_no_drift()
    assert value("SELECT count(*) FROM signature_change") == 0


def test_who_does_not_exist_cannot_be_erased(app: Flask) -> None:
    with pytest.raises(NotFound):
        erase(17)


def test_a_mail_that_bounced_is_no_longer_counted_where_its_supporter_was(app: Flask) -> None:
    make_campaign()
    (one,) = put(1, state="pending", country="IS")
    bounce = """INSERT INTO outgoing_mail (kind, recipient, language, shared, signature_id, state)
        VALUES ('confirm', '', 'en', '{}', :i, 'failed')"""
    change(bounce, i=one)
    counting.fold()
    change(bounce, i=one)  # Not counted yet.
    erase(one)
    expect_no_drift()
    assert value("SELECT sum(bounced) FROM signature_tally") == 0


def test_a_mail_that_was_on_its_way_in_at_that_moment_goes_later(app: Flask) -> None:
    make_campaign()
    one, other = put(2)
    erase(one)
    change(
        """INSERT INTO outgoing_mail (kind, recipient, language, shared, signature_id, state)
        SELECT 'confirm', 'zoe@example.org', 'en', '{}', id, 'failed' FROM signature"""
    )
    counting.fold()
    erasing.forget_late_mails()
    assert rows("SELECT signature_id FROM outgoing_mail") == [(other,)]
    expect_no_drift()


def test_who_is_erased_may_sign_again_as_somebody_new(client: FlaskClient) -> None:
    make_campaign()
    client.post(f"/campaigns/{SLUG}/sign", data=form())
    one = value("SELECT id FROM signature")
    confirm(make_token("confirm", one))
    withdraw(one)
    erase(one)
    client.post(f"/campaigns/{SLUG}/sign", data=form(name="Zoë again"))
    assert rows("SELECT name, state FROM signature ORDER BY id") == [
        ("", "erased"),
        ("Zoë again", "pending"),
    ]
    assert rows("SELECT kind, recipient FROM outgoing_mail") == [("confirm", "zoe@example.org")]
    # An old link has no effect on either.
    assert client.post(f"/confirm/{make_token('confirm', one)}").status_code == 409
    expect_no_drift()


def test_erasing_withdrawing_confirming_and_counting_at_once_add_up(app: Flask) -> None:
    make_campaign()
    ids = put(20, state="pending")

    def act(number: int) -> None:
        one = ids[number // 4]
        with app.app_context():
            if number % 4 == 0:
                confirm(make_token("confirm", one))
            elif number % 4 == 1:
                counting.fold()
            elif number % 4 == 2:
                try:
                    withdraw(one)
                except NotCounted:  # It was erased first.
                    assert value("SELECT state FROM signature WHERE id = :i", i=one) == "erased"
            else:
                erase(one)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(80)))
    expect_no_drift()
    assert (standing(SLUG).erased, standing(SLUG).submitted) == (20, 20)
