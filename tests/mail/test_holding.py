"""Mails of signatures that are out: held back, and sent once their signature is put back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.accounts.audit import Actor
from campaign.extensions import autocommit_engine, db
from campaign.mail import sending
from campaign.mail.holding import hold
from campaign.mail.sending import send_due
from campaign.signatures import counting
from campaign.signatures.condition import read_condition
from campaign.signatures.excluding import exclude, restore
from campaign.signatures.excluding_many import run_batch
from campaign.signatures.exclusions import preview, start, undo
from tests.local.processes import until
from tests.mail.test_sending import sign
from tests.support.making import make_campaign, rows, somebody_waits, value
from tests.support.smtp import Office

ADMIN = Actor("ada@example.org", "192.0.2.1")
SLUG = "night-buses"
ZOE, OLU = "zoe@example.org", "olu@example.org"


@pytest.fixture
def zoe(app: Flask) -> int:
    """A signature whose confirmation mail waits, beside another."""
    make_campaign()
    sign(app, ZOE, OLU)
    return int(value("SELECT id FROM signature WHERE email = :e", e=ZOE))


def recipients(office: Office) -> list[str]:
    return sorted(str(message["To"]) for message in office.accepted)


def become(state: str, signature: int) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE signature SET state = :state WHERE id = :id"),
            {"state": state, "id": signature},
        )


@pytest.mark.parametrize("state", ["excluded", "withdrawn", "erased"])
@pytest.mark.parametrize("kind", ["confirm", "already-signed"])
def test_who_is_out_gets_no_mail(
    app: Flask, office: Office, zoe: int, state: str, kind: str
) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE outgoing_mail SET kind = :kind"), {"kind": kind})
    become(state, zoe)
    tally = send_due()
    assert (tally.claimed, tally.sent, tally.held) == (2, 1, 1)
    assert recipients(office) == [OLU]
    held = rows("SELECT state, attempts, leased_by FROM outgoing_mail WHERE recipient = :e", e=ZOE)
    assert held == [("held", 0, None)]
    assert send_due().claimed == 0


def test_a_held_mail_is_neither_late_nor_failed_nor_bounced(
    app: Flask, office: Office, zoe: int
) -> None:
    exclude(SLUG, zoe, "made up", actor=ADMIN)
    send_due()
    output = app.test_cli_runner().invoke(args=["mail", "status"]).output
    assert "held              1" in output
    assert "failed            0" in output
    assert "oldest waiting  none" in output
    counting.fold()
    assert counting.check() == []
    assert value("SELECT coalesce(sum(bounced), 0) FROM signature_tally") == 0


def test_what_is_put_back_while_pending_gets_its_mail(app: Flask, office: Office, zoe: int) -> None:
    exclude(SLUG, zoe, "made up", actor=ADMIN)
    send_due()
    restore(SLUG, zoe, "real", actor=ADMIN)
    assert send_due().sent == 1
    assert recipients(office) == [OLU, ZOE]
    assert value("SELECT count(*) FROM outgoing_mail WHERE state = 'sent'") == 2


def test_who_was_excluded_and_put_back_in_between_gets_one_mail(
    app: Flask, office: Office, zoe: int
) -> None:
    exclude(SLUG, zoe, "made up", actor=ADMIN)
    restore(SLUG, zoe, "real", actor=ADMIN)
    assert send_due().sent == 2
    assert send_due().claimed == 0
    assert recipients(office) == [OLU, ZOE]


def test_undoing_an_exclusion_in_bulk_sends_what_was_held(
    app: Flask, office: Office, zoe: int
) -> None:
    with db.engine.begin() as connection:
        back = "created_at - interval '1 hour', recorded_at = recorded_at - interval '1 hour'"
        connection.exec_driver_sql(f"UPDATE signature SET created_at = {back}")
    condition = read_condition({"country": "GB"})
    cut_off = preview(SLUG, condition, actor=ADMIN).cut_off.isoformat()
    job = start(SLUG, condition, cut_off, "made up", actor=ADMIN)
    run_batch()
    assert send_due().held == 2
    undo(SLUG, job, "wrong", actor=ADMIN)
    run_batch()
    assert send_due().sent == 2
    assert recipients(office) == [OLU, ZOE]


def test_a_mail_that_was_claimed_before_its_signature_was_put_back_is_not_held(
    app: Flask, zoe: int
) -> None:
    exclude(SLUG, zoe, "made up", actor=ADMIN)
    with autocommit_engine().connect() as worker:
        claimed = worker.execute(sending._CLAIM, {"batch": 10}).all()
        (unwanted,) = [row for row in claimed if row.unwanted]
        restore(SLUG, zoe, "real", actor=ADMIN)
        assert not hold(worker, unwanted.id)
    assert value("SELECT state FROM outgoing_mail WHERE id = :id", id=unwanted.id) == "sending"


def test_holding_and_putting_back_at_the_same_moment_loses_no_mail(app: Flask, zoe: int) -> None:
    exclude(SLUG, zoe, "made up", actor=ADMIN)

    def put_back() -> bool:
        with app.app_context():
            return restore(SLUG, zoe, "real", actor=ADMIN)

    with db.engine.begin() as worker, ThreadPoolExecutor(1) as pool:
        claimed = worker.execute(sending._CLAIM, {"batch": 10}).all()
        (unwanted,) = [row for row in claimed if row.unwanted]
        assert hold(worker, unwanted.id)
        # It waits for the signature, and then sees what was held.
        done = pool.submit(put_back)
        until(somebody_waits)
        worker.commit()
        assert done.result(10)
    assert value("SELECT state FROM outgoing_mail WHERE id = :id", id=unwanted.id) == "queued"
