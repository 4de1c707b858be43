"""Importing and confirming the same address at the same moment: counted once, in either order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from campaign.accounts.audit import SYSTEM
from campaign.delivery.erasing import erase
from campaign.delivery.paper_undoing import undo_batch
from campaign.extensions import db
from campaign.links import make_token
from campaign.signatures import counting, paper
from campaign.signatures.confirming import confirm
from campaign.signatures.pledge import read_pledge
from campaign.signatures.signing import sign
from campaign.signatures.standing import standing
from campaign.signatures.withdrawing import withdraw
from tests.local.processes import until
from tests.support.making import form, make_campaign, rows, value
from tests.support.paper import SLUG, kept, person, put_paper

ZOE = "zoe@example.org"


@pytest.fixture(autouse=True)
def campaign(app: Flask) -> None:
    make_campaign()


def signed() -> None:
    sign(SLUG, read_pledge(form(email=ZOE)), from_ip="192.0.2.1")


def confirmed() -> str:
    return confirm(make_token("confirm", value("SELECT id FROM signature"))).state


@contextmanager
def held_at(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> Iterator[tuple[threading.Event, threading.Event]]:
    """An import stops before `step`: the first event says it is there, the second lets it go on."""
    there, go = threading.Event(), threading.Event()
    real: Callable[..., Any] = getattr(paper, step)

    def waiting(*given: Any) -> Any:
        there.set()
        assert go.wait(20)
        return real(*given)

    monkeypatch.setattr(paper, step, waiting)
    yield there, go
    go.set()


def in_thread(app: Flask, pool: ThreadPoolExecutor, act: Callable[[], Any]) -> Future[Any]:
    def run() -> Any:
        with app.app_context():
            return act()

    return pool.submit(run)


def wait_until_somebody_waits() -> None:
    until(lambda: bool(value("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def expect_once(where: str) -> None:
    stands = standing(SLUG)
    assert stands.displayed == 1
    assert getattr(stands, where) == 1
    counting.fold()
    assert counting.check() == []


def test_who_signs_and_confirms_while_the_table_is_judged_is_a_duplicate(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held_at(monkeypatch, "_put") as (there, go), ThreadPoolExecutor(1) as pool:
        importing = in_thread(app, pool, lambda: put_paper(person("Zoë", ZOE), person("Bo")))
        assert there.wait(20)
        signed()
        assert confirmed() == "confirmed"
        go.set()
        report = importing.result(20)
    assert [one.reason for one in report.duplicate] == ["signed online with this address"]
    assert kept() == [("Bo", "counted")]
    assert (standing(SLUG).confirmed, standing(SLUG).paper) == (1, 1)


def test_who_confirms_before_an_import_is_committed_finds_their_row(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They signed after the import had looked for the last time; its row is not visible yet."""
    with held_at(monkeypatch, "_finish") as (there, go), ThreadPoolExecutor(2) as pool:
        importing = in_thread(app, pool, lambda: put_paper(person("Zoë", ZOE)))
        assert there.wait(20)
        signed()
        confirming = in_thread(app, pool, confirmed)
        wait_until_somebody_waits()
        assert not confirming.done()
        go.set()
        assert importing.result(20).added == 1
        assert confirming.result(20) == "confirmed"
    assert kept() == [("Zoë", "superseded")]
    expect_once("confirmed")


@pytest.mark.parametrize("act", [withdraw, erase])
def test_who_leaves_before_an_import_is_committed_takes_their_row_along(
    app: Flask, monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]
) -> None:
    signed()
    one = value("SELECT id FROM signature")
    with held_at(monkeypatch, "_finish") as (there, go), ThreadPoolExecutor(2) as pool:
        importing = in_thread(app, pool, lambda: put_paper(person("Zoë", ZOE)))
        assert there.wait(20)
        leaving = in_thread(app, pool, lambda: act(one))
        wait_until_somebody_waits()
        go.set()
        assert importing.result(20).added == 1
        leaving.result(20)
    assert kept() == [("", "erased")]
    assert standing(SLUG).displayed == 0
    counting.fold()
    assert counting.check() == []


def test_an_import_waits_for_who_is_just_confirming(app: Flask) -> None:
    signed()
    with ThreadPoolExecutor(1) as pool, db.engine.connect() as connection:
        _confirm_without_commit(connection)
        importing = in_thread(app, pool, lambda: put_paper(person("Bo")))
        wait_until_somebody_waits()
        connection.commit()
        assert importing.result(20).added == 1
    assert (standing(SLUG).confirmed, standing(SLUG).paper) == (1, 1)


def _confirm_without_commit(connection: Connection) -> None:
    from campaign.signatures.confirming import _CONFIRM

    connection.exec_driver_sql(_CONFIRM, {"id": value("SELECT id FROM signature")})


@pytest.mark.parametrize("turn", range(6))
def test_all_at_once_and_still_once(app: Flask, turn: int) -> None:
    """No order is arranged: many people on paper sign and confirm while the table comes in."""
    people = [f"p{n}@example.org" for n in range(40)]
    start = threading.Barrier(5)

    def online(mine: list[str]) -> None:
        start.wait(20)
        for email in mine:
            sign(SLUG, read_pledge(form(email=email)), from_ip="192.0.2.1")
            (one,) = rows("SELECT id FROM signature WHERE email = :e", e=email)[0]
            confirm(make_token("confirm", one))

    def on_paper(batch: str, lines: list[str]) -> int:
        start.wait(20)
        return put_paper(*lines, batch=batch).added

    lines = [person(f"Person {chr(97 + n % 26)}", email) for n, email in enumerate(people)]
    with ThreadPoolExecutor(5) as pool:
        futures = [in_thread(app, pool, lambda at=at: online(people[at::2])) for at in (0, 1)]
        futures += [
            in_thread(app, pool, lambda: on_paper("A", lines)),
            in_thread(app, pool, lambda: on_paper("B", lines[::-1])),
        ]
        start.wait(20)
        for future in futures:
            future.result(60)
    stands = standing(SLUG)
    assert (stands.confirmed, stands.paper) == (40, 0)
    counting.fold()
    assert counting.check() == []


def test_a_number_that_is_given_at_that_moment_goes_with_them(app: Flask) -> None:
    put_paper(person("Zoë", ZOE))
    signed()
    with ThreadPoolExecutor(1) as pool, db.engine.connect() as connection:
        connection.exec_driver_sql(
            "INSERT INTO delivery_number (campaign_id, number, paper_signature_id)"
            " SELECT campaign_id, 7, id FROM paper_signature"
        )
        confirming = in_thread(app, pool, confirmed)
        wait_until_somebody_waits()
        connection.commit()
        assert confirming.result(20) == "confirmed"
    assert rows("SELECT number, signature_id, paper_signature_id FROM delivery_number") == [
        (7, value("SELECT id FROM signature"), None)
    ]


def test_a_batch_that_is_undone_while_somebody_confirms_counts_them_once(app: Flask) -> None:
    report = put_paper(person("Zoë", ZOE), person("Bo"))
    signed()
    batch = report.batch_id or 0
    with ThreadPoolExecutor(1) as pool, db.engine.connect() as connection:
        _confirm_without_commit(connection)
        undoing = in_thread(app, pool, lambda: undo_batch(SLUG, batch, actor=SYSTEM))
        wait_until_somebody_waits()
        connection.commit()
        assert undoing.result(20) == 1
    assert kept() == [("", "superseded"), ("", "undone")]
    expect_once("confirmed")
