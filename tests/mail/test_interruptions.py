"""What becomes of a batch of mails when the server, the database or the worker gives out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.exc import ProgrammingError

from campaign.extensions import db
from campaign.mail.sending import send_due
from campaign.settings import Smtp
from tests.local.processes import until
from tests.support.making import form, make_campaign, rows, value
from tests.support.smtp import Office


@pytest.fixture
def three(app: Flask) -> None:
    """Three mails that are due."""
    make_campaign()
    for name in "abc":
        path = "/campaigns/night-buses/sign"
        app.test_client().post(path, data=form(email=f"{name}@example.org"))


def outbox() -> list[tuple[str, int]]:
    return [
        (state, attempts)
        for state, attempts in rows("SELECT state, attempts FROM outgoing_mail ORDER BY id")
    ]


def test_a_server_that_does_not_answer_is_asked_once_for_all(
    app: Flask, office: Office, three: None
) -> None:
    working = app.extensions["groundswell"]
    app.extensions["groundswell"] = replace(working, smtp=Smtp("127.0.0.1", 1))
    tally = send_due()
    assert (tally.claimed, tally.later, tally.unreachable) == (3, 3, True)
    # Whoever was not tried loses none of the attempts after which we give up.
    assert sorted(outbox()) == [("queued", 0), ("queued", 0), ("queued", 1)]
    assert send_due().claimed == 0
    app.extensions["groundswell"] = working
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outgoing_mail SET due_at = now()")
    assert send_due().sent == 3


def test_a_refusal_does_not_hold_up_the_others(app: Flask, office: Office, three: None) -> None:
    office.answers = {"a@example.org": "451 try later"}
    tally = send_due()
    assert (tally.sent, tally.later, tally.unreachable) == (2, 1, False)


@contextmanager
def outcomes_cannot_be_recorded() -> Iterator[None]:
    rename = "ALTER TABLE outgoing_mail RENAME COLUMN {} TO {}"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(rename.format("sent_at", "gone"))
    yield
    with db.engine.begin() as connection:
        connection.exec_driver_sql(rename.format("gone", "sent_at"))


def test_a_batch_that_failed_is_taken_up_again_at_once(
    app: Flask, office: Office, three: None
) -> None:
    with outcomes_cannot_be_recorded(), pytest.raises(ProgrammingError):
        send_due()
    assert {state for state, _ in outbox()} == {"sending"}
    # The failed one's session is gone, and its leases with it.
    assert until(lambda: send_due().sent) == 3


def test_a_server_that_refuses_to_talk_costs_nobody_their_mail(app: Flask, office: Office) -> None:
    make_campaign()
    app.test_client().post("/campaigns/night-buses/sign", data=form())
    working = app.extensions["groundswell"]
    # The office offers no TLS, so asking for it fails after the connection was made.
    app.extensions["groundswell"] = replace(working, smtp=replace(working.smtp, starttls=True))
    assert send_due().later == 1
    assert value("SELECT error FROM outgoing_mail") == "not connected: SMTPNotSupportedError"
    app.extensions["groundswell"] = working
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outgoing_mail SET due_at = now()")
    assert send_due().sent == 1
