"""Numbering and slicing, in every order of events: disjoint, complete, and without gaps."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.delivery import compiling
from campaign.delivery.cancelling import cancel_delivery
from campaign.delivery.due import compile_due
from campaign.delivery.errors import CannotWrite, NothingNew
from campaign.delivery.requesting import request_delivery
from campaign.delivery.wishing import Wish
from campaign.extensions import db
from tests.delivery.export_making import ADA
from tests.delivery.making import MAYOR, MINISTER, SLUG, compiled, csv_table, packed, petition
from tests.delivery.people import PLACES, SLICES, People, moment
from tests.support.making import rows

DELIVER = st.tuples(
    st.just("deliver"),
    st.sampled_from([MAYOR, MINISTER]),
    st.sampled_from(SLICES),
    st.one_of(st.none(), st.integers(0, 30)),
    st.booleans(),
    st.sampled_from(["here", "here", "worker", "worker", "fails", "cancelled"]),
)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("sign"), st.integers(0, len(PLACES) - 1)),
        st.tuples(st.just("paper"), st.integers(0, len(PLACES) - 1)),
        st.tuples(st.just("change"), st.integers(0, 30)),
        st.tuples(st.just("change"), st.integers(0, 30)),
        DELIVER,
    ),
    max_size=30,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EVENTS)
def test_whatever_happens_each_official_gets_each_row_once_under_one_number(
    app: Flask, events: list[tuple[Any, ...]]
) -> None:
    """Rows come and go, deliveries fail and are cancelled; the model says what each one holds."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE campaign, official CASCADE")
    petition()
    people = People()
    with tempfile.TemporaryDirectory() as folder:
        for tick, (what, *how) in enumerate(events):
            if what == "sign":
                people.sign(*how)
            elif what == "paper":
                people.sign_on_paper(*how, tick)
            elif what == "change":
                people.confirm(*how, tick)
            else:
                deliver(Path(folder), people, *how)
    assert sorted(one.number for one in people.all if one.number) == [
        number for (number,) in rows("SELECT number FROM delivery_number ORDER BY number")
    ]


def deliver(
    folder: Path,
    people: People,
    official: str,
    part: Any,
    cut_off: int | None,
    everything: bool,
    how: str,
) -> None:
    """Deliver, here or by a worker, and compare what comes with what the model wants."""
    asked = None if cut_off is None else moment(cut_off)
    wanted = people.wanted(official, part, asked, everything=everything)
    wish = Wish(official, everything, part, asked)
    path = HOW[how](folder, wish)
    if path is None:
        assert not wanted or how not in ("here", "worker")
        return
    table = csv_table(packed(path)["signatures.csv"])[1:]
    assert [(row[0], row[1]) for row in table] == [(str(one.number), one.name) for one in wanted]
    paper = {one.number for one in wanted if one.kind}
    assert numbers_on_record() == ({one.number for one in wanted}, paper)
    people.held.setdefault(official, set()).update(one.number for one in wanted)


def numbers_on_record() -> tuple[set[int], set[int]]:
    """The numbers of the last delivery, and those of them that are paper."""
    query = """
        SELECT lower(run), upper(run) FROM delivery, unnest({}) AS run
        WHERE id = (SELECT max(id) FROM delivery)
        """
    found = [
        {number for low, high in rows(query.format(column)) for number in range(low, high)}
        for column in ("numbers", "paper_numbers")
    ]
    return found[0], found[1]


def here(folder: Path, wish: Wish) -> Path | None:
    part = {"slice": wish.slice, "cut_off": wish.cut_off}
    try:
        return compiled(folder, wish.official, everything=wish.everything, **part).path
    except NothingNew:
        return None


def by_a_worker(_: Path, wish: Wish) -> Path | None:
    number = request_delivery(SLUG, wish, actor=ADA)
    compile_due()
    ((state, file),) = rows("SELECT state, file FROM delivery WHERE number = :n", n=number)
    assert state in ("ready", "failed")
    return Path(file) if state == "ready" else None


def failing(folder: Path, wish: Wish) -> None:
    def fail(*_: object) -> None:
        raise CannotWrite("the disk is broken")

    with patch.object(compiling, "pack", fail):
        try:
            compiled(
                folder,
                wish.official,
                everything=wish.everything,
                slice=wish.slice,
                cut_off=wish.cut_off,
            )
        except (NothingNew, CannotWrite):
            return
    raise AssertionError("it did not fail")


def cancelled(_: Path, wish: Wish) -> None:
    number = request_delivery(SLUG, wish, actor=ADA)

    def cancel(*args: Any) -> None:
        cancel_delivery(SLUG, number, actor=ADA)
        args[-1].begin("Spreadsheet", 1)

    with patch.object(compiling, "pack", cancel):
        assert compile_due() == 0
    ((state,),) = rows("SELECT state FROM delivery WHERE number = :n", n=number)
    assert state in ("cancelled", "failed")


HOW: dict[str, Callable[[Path, Wish], Path | None]] = {
    "here": here,
    "worker": by_a_worker,
    "fails": failing,
    "cancelled": cancelled,
}
