"""The record: numbered, chained, and closed to everybody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from campaign.accounts.audit import Actor, check, record, record_alone
from campaign.extensions import db

ADA = Actor("ada@example.org", "192.0.2.1")


def tamper(sql: str) -> None:
    """What a superuser could do who goes around the trigger."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        connection.exec_driver_sql(sql)
        connection.exec_driver_sql(
            "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_append_only"
        )


@pytest.fixture
def ten(app: Flask) -> None:
    for number in range(10):
        record_alone(ADA, "looked", f"signature:{number}", {"ü": [number, None, True]})


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET actor = 'nobody'",
        "DELETE FROM audit_event",
        "DELETE FROM audit_event WHERE false",
        "TRUNCATE audit_event",
    ],
)
@pytest.mark.usefixtures("ten")
def test_nothing_on_record_can_be_changed_or_removed(sql: str) -> None:
    with (
        pytest.raises(DBAPIError, match=r"append-only|permission denied"),
        db.engine.begin() as one,
    ):
        one.exec_driver_sql(sql)
    assert check().entries == 10


@pytest.mark.usefixtures("ten")
def test_a_whole_record_is_found_whole() -> None:
    verdict = check()
    assert (verdict.entries, verdict.broken) == (10, None)
    assert len(verdict.head) == 64


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE audit_event SET actor = 'x' WHERE number = 4", "entry 4 was changed"),
        ("UPDATE audit_event SET details = '{}' WHERE number = 4", "entry 4 was changed"),
        (
            "UPDATE audit_event SET at = at + interval '1 ms' WHERE number = 4",
            "entry 4 was changed",
        ),
        ("DELETE FROM audit_event WHERE number = 4", "entry 4 is missing"),
        ("DELETE FROM audit_event WHERE number = 1", "entry 1 is missing"),
        (
            "DELETE FROM audit_event WHERE number = 4;"
            " UPDATE audit_event SET number = number - 1 WHERE number > 4",
            "entry 4 does not follow the one before it",
        ),
    ],
)
@pytest.mark.usefixtures("ten")
def test_whatever_is_done_to_it_shows(sql: str, broken: str) -> None:
    tamper(sql)
    assert check().broken == broken


@pytest.mark.usefixtures("ten")
def test_a_cut_off_end_shows_against_an_earlier_check() -> None:
    before = check()
    tamper("DELETE FROM audit_event WHERE number > 8")
    after = check()
    assert after.broken is None
    assert (after.entries, after.head) != (before.entries, before.head)


def test_an_act_that_fails_leaves_no_entry_and_no_gap(app: Flask) -> None:
    with db.engine.connect() as connection:
        record(connection, ADA, "divided")
        connection.rollback()
    assert record_alone(ADA, "multiplied") == 1
    assert check().broken is None


def test_entries_of_many_at_once_are_numbered_one_by_one(app: Flask) -> None:
    def one(number: int) -> int:
        with app.app_context():
            return record_alone(ADA, "looked", f"signature:{number}")

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(one, range(60)))
    assert sorted(numbers) == list(range(1, 61))
    assert check().broken is None


def test_the_command_says_whether_the_record_is_whole(app: Flask) -> None:
    record_alone(ADA, "looked")
    runner = app.test_cli_runner()
    done = runner.invoke(args=["audit", "check"])
    assert done.exit_code == 0
    assert "All 1 entries" in done.output
    tamper("UPDATE audit_event SET address = '192.0.2.9' WHERE number = 1")
    done = runner.invoke(args=["audit", "check"])
    assert done.exit_code == 1
    assert "entry 1 was changed" in done.output


def test_it_is_searched_and_paged(app: Flask) -> None:
    from campaign.accounts.searching import PAGE, Wanted, everything, search

    for number in range(PAGE + 5):
        record_alone(ADA, "looked", f"signature:{number}")
    record_alone(Actor("olu@example.org"), "left", "campaign:x")
    page = search(Wanted(action="looked"))
    assert len(page) == PAGE + 1
    rest = search(Wanted(action="looked"), before=page[PAGE - 1].number)
    assert [e.subject for e in rest][-1] == "signature:0"
    assert len(rest) == 5
    assert [e.actor for e in search(Wanted(actor="Olu@example.org"))] == ["olu@example.org"]
    assert len(list(everything(Wanted()))) == PAGE + 6
    assert search(Wanted(subject="signature:%")) == []
