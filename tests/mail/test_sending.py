"""Sending: leases, outcomes and pauses, against a real SMTP server."""

from __future__ import annotations

import time
from dataclasses import replace

from flask import Flask

from campaign.extensions import db
from campaign.mail import sending
from campaign.mail.sending import send_due
from campaign.settings import Smtp
from tests.support.making import form, make_campaign, rows, value
from tests.support.smtp import Office


def sign(app: Flask, *addresses: str) -> None:
    for address in addresses:
        app.test_client().post("/campaigns/night-buses/sign", data=form(email=address))


def test_what_is_due_is_sent_over_one_connection(app: Flask, office: Office) -> None:
    make_campaign()
    sign(app, "a@example.org", "b@example.org", "c@example.org")
    tally = send_due()
    assert (tally.claimed, tally.sent) == (3, 3)
    assert {message["To"] for message in office.accepted} == {
        "a@example.org",
        "b@example.org",
        "c@example.org",
    }
    assert len(office.connections) == 1
    assert value("SELECT count(*) FROM outgoing_mail WHERE state = 'sent'") == 3
    assert send_due().claimed == 0


def test_refusals_concern_only_their_own_row(app: Flask, office: Office) -> None:
    make_campaign()
    sign(app, "never@example.org", "later@example.org", "fine@example.org")
    office.answers = {
        "never@example.org": "550 no such mailbox",
        "later@example.org": "451 try later",
    }
    tally = send_due()
    assert (tally.sent, tally.later, tally.failed) == (1, 1, 1)
    states = rows("SELECT recipient, state, error FROM outgoing_mail ORDER BY recipient")
    assert states == [
        ("fine@example.org", "sent", None),
        ("later@example.org", "queued", "server answered 451"),
        ("never@example.org", "failed", "server answered 550"),
    ]


def _make_due() -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outgoing_mail SET due_at = now()")


def test_pauses_grow_to_a_day_and_end(app: Flask, office: Office) -> None:
    make_campaign()
    sign(app, "later@example.org")
    office.answers = {"later@example.org": "451 try later"}
    pauses = []
    for _ in range(sending.MAX_ATTEMPTS - 1):
        _make_due()
        assert send_due().later == 1
        pauses.append(float(value("SELECT extract(epoch FROM due_at - now()) FROM outgoing_mail")))
    assert 20 < pauses[0] < 40
    assert pauses[3] > 4 * pauses[0]
    assert max(pauses) <= 1.1 * 86_400
    assert pauses[-1] > 0.8 * 86_400
    _make_due()
    assert send_due().failed == 1
    assert value("SELECT error FROM outgoing_mail") == "given up: server answered 451"


def test_no_server_means_later_and_loses_nothing(app: Flask, office: Office) -> None:
    make_campaign()
    sign(app, "a@example.org", "b@example.org")
    working = app.extensions["groundswell"]
    app.extensions["groundswell"] = replace(working, smtp=Smtp("127.0.0.1", 1))
    assert send_due().later == 2
    assert send_due().claimed == 0
    app.extensions["groundswell"] = working
    _make_due()
    assert send_due().sent == 2


def test_a_poisoned_row_never_blocks_the_others(app: Flask, office: Office) -> None:
    make_campaign()
    sign(app, "poison@example.org", "fine@example.org")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE outgoing_mail SET shared = '{}' WHERE recipient = 'poison@example.org'"
        )
    tally = send_due()
    assert (tally.sent, tally.failed) == (1, 1)
    assert value("SELECT error FROM outgoing_mail WHERE state = 'failed'").startswith(
        "not composed: "
    )


def test_a_lease_ends_when_its_session_does(app: Flask, office: Office) -> None:
    make_campaign()
    sign(app, "a@example.org")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
        holder.execute(sending._CLAIM, {"batch": 10})
        assert value("SELECT state FROM outgoing_mail") == "sending"
        assert send_due().claimed == 0
        holder.invalidate()  # As when a worker is killed: its session goes with it.
    deadline = time.monotonic() + 5
    while not send_due().claimed:
        assert time.monotonic() < deadline, "the lease of a dead session was not taken over"
        time.sleep(0.05)
    assert len(office.accepted) == 1


def test_two_workers_share_the_work(app: Flask, office: Office) -> None:
    make_campaign()
    sign(app, *(f"s{number}@example.org" for number in range(6)))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        taken = other.execute(sending._CLAIM, {"batch": 4}).all()
        assert len(taken) == 4
        assert send_due().claimed == 2


def test_a_mail_carries_what_it_should_and_nothing_typed(app: Flask, office: Office) -> None:
    make_campaign()
    app.test_client().post(
        "/campaigns/night-buses/sign", data=form(name="Buy My Pills", comment="Cheap pills here")
    )
    send_due()
    (message,) = office.accepted
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@localhost>")
    parts = {part.get_content_type(): part.get_content() for part in message.iter_parts()}
    assert set(parts) == {"text/plain", "text/html"}
    for part in parts.values():
        assert "http://127.0.0.1:8000/confirm/" in part
        assert "Night buses for everyone" in part
        assert "pills" not in part.lower()
    link = next(line for line in parts["text/plain"].splitlines() if "/confirm/" in line).strip()
    page = app.test_client().get(link.removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200


def test_a_mail_sent_again_keeps_its_message_id(app: Flask, office: Office) -> None:
    make_campaign()
    sign(app, "a@example.org")
    for _ in range(2):
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE outgoing_mail SET state = 'queued', due_at = now()")
        send_due()
    first, second = office.accepted
    assert first["Message-ID"] == second["Message-ID"]


def test_without_smtp_mail_is_kept_in_files_and_shown(app: Flask) -> None:
    make_campaign()
    sign(app, "a@example.org")
    assert send_due().sent == 1
    client = app.test_client()
    assert "a@example.org" in client.get("/dev/mailbox").text
    name = next((app.extensions["groundswell"].data_dir / "mail").glob("*.eml")).stem
    assert "/confirm/" in client.get(f"/dev/mailbox/{name}").text
    assert client.get(f"/dev/mailbox/{name}/html").status_code == 200


def test_mail_status(app: Flask, office: Office) -> None:
    make_campaign()
    sign(app, "a@example.org", "b@example.org")
    output = app.test_cli_runner().invoke(args=["mail", "status"]).output
    assert "queued            2" in output
    send_due()
    output = app.test_cli_runner().invoke(args=["mail", "status"]).output
    assert "sent              2" in output
    assert "oldest waiting  none" in output
    assert "example.org" not in output
