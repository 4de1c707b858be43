"""Cut-offs: what is still open when a delivery is compiled is new for the next, never lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from campaign.delivery.errors import NothingNew
from campaign.delivery.session import session
from campaign.delivery.targets import find_cut_off
from campaign.extensions import db
from tests.delivery.making import MINISTER, change, compiled, numbers, petition, sign, sign_many
from tests.support.making import value

_CONFIRM = text("UPDATE signature SET state = 'confirmed', confirmed_at = now() WHERE id = :i")


@contextmanager
def confirming(signature: int) -> Iterator[Connection]:
    """A transaction in which somebody confirms, and which is not over yet."""
    connection = db.engine.connect()
    try:
        connection.execute(_CONFIRM, {"i": signature})
        yield connection
    finally:
        connection.close()


def test_a_confirmation_that_is_still_open_is_new_for_the_next_delivery(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    late = sign("Late", state="pending")
    sign_many(3)
    with confirming(late) as connection:
        after = sign("After it began")
        change("UPDATE signature SET confirmed_at = clock_timestamp() WHERE id = :i", i=after)
        first = compiled(tmp_path)
        assert numbers(first.path) == [1, 2, 3]
        began = connection.execute(text("SELECT now()")).scalar_one()
        assert value("SELECT cut_off FROM delivery") < began
        connection.commit()
    assert numbers(compiled(tmp_path).path) == [4, 5]
    with pytest.raises(NothingNew):
        compiled(tmp_path)
    assert numbers(compiled(tmp_path, MINISTER).path) == [1, 2, 3, 4, 5]
    query = "SELECT n.number FROM delivery_number n JOIN signature s ON s.id = signature_id"
    assert value(f"{query} WHERE s.name = 'Late'") == 4


def test_a_confirmation_that_comes_too_late_for_its_own_moment_is_not_lost(
    app: Flask, tmp_path: Path
) -> None:
    """However it may come that a row from before a cut-off was not there: the next one has it."""
    petition()
    sign_many(2)
    compiled(tmp_path)
    early = sign("Early")
    change("UPDATE signature SET confirmed_at = '2026-01-01' WHERE id = :i", i=early)
    assert numbers(compiled(tmp_path).path) == [3]
    with pytest.raises(NothingNew):
        compiled(tmp_path)


def test_an_earlier_cut_off_is_kept_and_what_is_later_is_new_afterwards(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    old, new = sign("Old"), sign("New")
    moment = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
    for one, at in ((old, moment), (new, moment + dt.timedelta(microseconds=1))):
        change("UPDATE signature SET confirmed_at = :at WHERE id = :i", at=at, i=one)
    assert numbers(compiled(tmp_path, cut_off=moment).path) == [1]
    assert value("SELECT cut_off FROM delivery") == moment
    assert value("SELECT count(*) FROM delivery_number") == 1
    with pytest.raises(NothingNew):
        compiled(tmp_path, cut_off=moment)
    assert numbers(compiled(tmp_path).path) == [2]


def test_a_cut_off_is_never_later_than_now(app: Flask) -> None:
    with session() as pg:
        asked = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        assert find_cut_off(pg, asked) < asked
        assert find_cut_off(pg, None) <= pg.execute("SELECT clock_timestamp()").fetchall()[0][0]
