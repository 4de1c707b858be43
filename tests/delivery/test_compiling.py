"""Compiling: numbers given once, every signature delivered once to each official."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from campaign.delivery import compiling
from campaign.delivery.compiling import compile_delivery
from campaign.delivery.errors import CannotWrite, DatabaseFailed, NothingNew
from campaign.delivery.wishing import Wish
from campaign.errors import NotFound
from tests.delivery.making import (
    MAYOR,
    MINISTER,
    change,
    compiled,
    csv_table,
    numbers,
    packed,
    petition,
    sign,
    sign_many,
)
from tests.support.making import rows, value


def test_a_later_package_holds_only_what_came_after(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(3)
    assert numbers(compiled(tmp_path).path) == [1, 2, 3]
    sign_many(2)
    assert numbers(compiled(tmp_path).path) == [4, 5]
    with pytest.raises(NothingNew, match="that 'official-of-night-buses' does not have already"):
        compiled(tmp_path)
    assert numbers(compiled(tmp_path, everything=True).path) == [1, 2, 3, 4, 5]


def test_a_signature_has_the_same_number_for_every_official(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(2)
    assert numbers(compiled(tmp_path).path) == [1, 2]
    sign_many(1)
    to_minister = compiled(tmp_path, MINISTER)
    assert numbers(to_minister.path) == [1, 2, 3]
    assert to_minister.number == 2
    assert numbers(compiled(tmp_path).path) == [3]


def test_numbers_follow_the_order_of_confirmation(app: Flask, tmp_path: Path) -> None:
    petition()
    later, earlier = sign("Later"), sign("Earlier")
    change("UPDATE signature SET confirmed_at = now() - interval '1 h' WHERE id = :i", i=earlier)
    change("UPDATE signature SET confirmed_at = now() WHERE id = :i", i=later)
    table = csv_table(packed(compiled(tmp_path).path)["signatures.csv"])
    assert [row[:2] for row in table[1:]] == [["1", "Earlier"], ["2", "Later"]]


def test_who_withdraws_is_in_no_later_package(app: Flask, tmp_path: Path) -> None:
    petition()
    ids = [sign(), sign(), sign()]
    compiled(tmp_path)
    change("UPDATE signature SET state = 'withdrawn' WHERE id = :i", i=ids[1])
    assert numbers(compiled(tmp_path, everything=True).path) == [1, 3]
    assert rows("SELECT numbers::text, row_count FROM delivery ORDER BY id") == [
        ("{[1,4)}", 3),
        ("{[1,2),[3,4)}", 2),
    ]


def test_who_comes_back_is_not_delivered_twice(app: Flask, tmp_path: Path) -> None:
    petition()
    back = sign()
    compiled(tmp_path)
    change("UPDATE signature SET state = 'excluded' WHERE id = :i", i=back)
    with pytest.raises(NothingNew):
        compiled(tmp_path, everything=True)
    change("UPDATE signature SET state = 'confirmed' WHERE id = :i", i=back)
    with pytest.raises(NothingNew):
        compiled(tmp_path)
    assert numbers(compiled(tmp_path, MINISTER).path) == [1]


def test_the_row_records_the_package(app: Flask, tmp_path: Path) -> None:
    petition()
    sign()
    done = compiled(tmp_path)
    digest = hashlib.sha256(done.path.read_bytes()).hexdigest()
    assert rows("SELECT state, sha256, file, made_by, error FROM delivery") == [
        ("ready", digest, str(done.path), "Ada", None)
    ]
    assert value("SELECT ready_at >= cut_off AND cut_off >= requested_at FROM delivery")


def test_refusals_name_what_is_wrong(app: Flask, tmp_path: Path) -> None:
    petition()
    with pytest.raises(NothingNew, match="there are no confirmed signatures of 'night-buses' yet"):
        compiled(tmp_path)
    sign()
    with pytest.raises(NotFound, match="there is no campaign 'nope'"):
        compile_delivery("nope", Wish(MAYOR), tmp_path, made_by="Ada")
    petition("other")
    with pytest.raises(NotFound, match="does not address an official 'minister-of-other'"):
        compiled(tmp_path, "minister-of-other")
    with pytest.raises(CannotWrite, match="the folder does not exist"):
        compiled(tmp_path / "no" / "where.zip")
    assert value("SELECT count(*) FROM delivery") == 0
    assert list(tmp_path.iterdir()) == []


def test_when_all_leave_after_they_were_numbered_that_is_the_reason(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition()
    sign()
    record_numbered = compiling.record_numbered

    def meanwhile(*args: object) -> None:
        record_numbered(*args)  # type: ignore[arg-type]
        change("UPDATE signature SET state = 'withdrawn'")

    monkeypatch.setattr(compiling, "record_numbered", meanwhile)
    with pytest.raises(NothingNew, match="has left meanwhile"):
        compiled(tmp_path)
    ((state, error),) = rows("SELECT state, error FROM delivery")
    assert state == "failed"
    assert "has left meanwhile" in error
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_replaced(app: Flask, tmp_path: Path) -> None:
    petition()
    sign()
    path = tmp_path / "mine.zip"
    path.write_text("something else")
    with pytest.raises(CannotWrite, match="it exists already"):
        compiled(path)
    assert path.read_text() == "something else"
    assert value("SELECT count(*) FROM delivery") == 0


def test_many_gaps_cost_no_more_than_none(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(40)
    compiled(tmp_path)
    change("UPDATE signature SET state = 'withdrawn' WHERE id % 2 = 0")
    full = compiled(tmp_path, everything=True)
    assert len(numbers(full.path)) == 20
    assert value("SELECT numbers::text FROM delivery WHERE number = 2").count("[") == 20


def test_a_database_that_goes_away_leaves_no_file_and_says_no_value(
    app: Flask, tmp_path: Path, database_url: str
) -> None:
    petition()
    sign_many(5)
    change("ALTER TABLE pledge_text RENAME TO gone")
    try:
        with pytest.raises(DatabaseFailed, match="the database failed: relation"):
            compiled(tmp_path)
    finally:
        change("ALTER TABLE gone RENAME TO pledge_text")
    assert list(tmp_path.iterdir()) == []
    assert rows("SELECT state FROM delivery") == [("failed",)]
    assert numbers(compiled(tmp_path).path) == [1, 2, 3, 4, 5]
    with psycopg.connect(database_url) as connection:
        # Of this database: others on the server have tests of their own.
        held = connection.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND d.datname = current_database()"
        )
        assert held.fetchone() == (0,)
