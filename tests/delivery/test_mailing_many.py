"""Telling many: few at a time, after all others, and whatever is killed meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign.delivery import mailing
from campaign.delivery.mailing import run_batch, stop_mailing
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.mail import sending
from campaign.mail.sending import send_due
from tests.delivery.handing import (
    ADMIN,
    MAILING,
    handed_over,
    post_all,
    sent,
    told,
)
from tests.delivery.making import SLUG, petition, sign
from tests.support.making import form, rows, value
from tests.support.smtp import Office


def test_those_whom_a_stopped_mailing_had_not_reached_are_told_by_the_next(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "MOST_WAITING", 2)
    monkeypatch.setattr(mailing, "LEAST", 1)
    handed_over(5)
    send_due()
    assert run_batch()
    send_due()
    assert run_batch()
    assert stop_mailing(SLUG, 1, 1, actor=ADMIN)
    assert rows(MAILING) == [("stopped", 2, 2)]
    assert not run_batch()
    assert not stop_mailing(SLUG, 1, 1, actor=ADMIN)
    sent(everything=True)
    post_all()
    assert [number for _, number in told()] == [1, 2, 3, 4, 5]


def test_few_wait_at_a_time(app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "MOST_WAITING", 4)
    monkeypatch.setattr(mailing, "LEAST", 2)
    handed_over(10)
    send_due()
    assert run_batch()
    assert not run_batch()
    waiting = "SELECT count(*) FROM outgoing_mail WHERE state = 'queued'"
    assert value(waiting) == 4
    send_due(batch=1)
    assert not run_batch()
    send_due(batch=1)
    assert run_batch()
    assert value(waiting) == 4
    post_all()
    assert sorted(number for _, number in told()) == list(range(1, 11))
    assert rows(MAILING) == [("done", 10, 10)]


def test_a_batch_whose_worker_is_killed_never_was(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "MOST_WAITING", 3)
    monkeypatch.setattr(mailing, "LEAST", 1)
    handed_over(8)
    send_due()
    while rows(MAILING)[0][0] != "done":
        before = rows(MAILING), told()
        with db.engine.connect() as worker:
            pid = worker.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            values = {"most": mailing.MOST_WAITING, "least": mailing.LEAST}
            row = worker.execute(mailing._TAKE, values).one()
            worker.execute(mailing._PUT, mailing._values(row))
            # All is written and nothing committed: now its session goes.
            assert value("SELECT pg_terminate_backend(:pid, 5000)", pid=pid)
            worker.invalidate()
        assert (rows(MAILING), told()) == before
        assert run_batch()
        send_due()
    post_all()
    assert [number for _, number in told()] == list(range(1, 9))
    assert rows(MAILING) == [("done", 8, 8)]


def test_two_workers_do_not_tell_the_same_people(app: Flask, office: Office) -> None:
    handed_over(3)
    send_due()
    with db.engine.begin() as other:
        values = {"most": mailing.MOST_WAITING, "least": mailing.LEAST}
        assert other.execute(mailing._TAKE, values).one_or_none() is not None
        assert not run_batch()
    assert run_batch()
    assert len(told()) == 3


def test_confirmation_mails_go_first(app: Flask, office: Office, client: FlaskClient) -> None:
    handed_over(6)
    send_due()
    run_batch()
    client.post(f"/campaigns/{SLUG}/sign", data=form(email="new@example.org"))
    office.accepted.clear()
    tally = send_due(batch=2)
    assert office.accepted[0]["To"] == "new@example.org"
    assert (tally.claimed, tally.bulk) == (2, 1)


def test_only_mailings_of_the_delivery_named_are_stopped(app: Flask, office: Office) -> None:
    handed_over(1)
    for slug, number, one in ((SLUG, 2, 1), (SLUG, 1, 99), ("none", 1, 1)):
        with pytest.raises(NotFound):
            stop_mailing(slug, number, one, actor=ADMIN)
    assert rows(MAILING)[0][0] == "waiting"


def test_who_is_told_is_read_from_where_the_last_batch_ended(app: Flask) -> None:
    """A million signatures must not be read anew for each thousand of them."""
    petition()
    sign("One")
    values = {
        "kind": "delivered",
        "shared": "{}",
        "translated": "{}",
        "mailing": 1,
        "delivery": 1,
        "campaign": 1,
        "official": 1,
        "after": 500_000,
        "room": 800,
    }
    with db.engine.connect() as connection:
        for other in ("seqscan", "bitmapscan", "sort"):
            connection.exec_driver_sql(f"SET LOCAL enable_{other} TO off")
        plan = connection.execute(text(f"EXPLAIN {mailing._PUT.text}"), values).scalars().all()
        connection.rollback()
    scan = "\n".join(plan).split("CTE span", 1)[1].split("CTE told", 1)[0]
    assert "pk_delivery_number" in scan
    assert "number > " in scan
    assert "Sort" not in scan


def test_a_confirmation_does_not_wait_for_a_long_mailing(
    app: Flask, office: Office, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_over(35)
    send_due()
    run_batch()
    office.accepted.clear()
    send_all, portions = sending._send_all, []

    def somebody_signs(connection: Any, out: Any, claimed: Any, tally: Any) -> None:
        portions.append(len(claimed))
        if len(portions) == 1:
            client.post(f"/campaigns/{SLUG}/sign", data=form(email="new@example.org"))
        send_all(connection, out, claimed, tally)

    monkeypatch.setattr(sending, "_send_all", somebody_signs)
    tally = send_due()
    assert portions == [10, 1, 10, 10, 5]
    assert [mail["To"] for mail in office.accepted].index("new@example.org") == 10
    assert (tally.claimed, tally.bulk, tally.sent) == (36, 35, 36)
