"""Numbering, in every order of events: disjoint, complete, and without gaps."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.delivery.errors import NothingNew
from campaign.extensions import db
from tests.delivery.making import (
    MAYOR,
    MINISTER,
    change,
    compiled,
    csv_table,
    packed,
    petition,
    sign,
)
from tests.support.making import rows

EVENTS = st.lists(
    st.one_of(
        st.just("confirm"),
        st.just("withdraw"),
        st.tuples(st.sampled_from([MAYOR, MINISTER]), st.booleans()),
    ),
    max_size=14,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EVENTS)
def test_any_order_of_confirming_withdrawing_and_compiling(
    app: Flask, events: list[str | tuple[str, bool]]
) -> None:
    """Each official gets every confirmed person once, and everybody keeps their number."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE campaign, official CASCADE")
    petition()
    confirmed: list[str] = []
    delivered: dict[str, list[str]] = {MAYOR: [], MINISTER: []}
    number_of: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for count, event in enumerate(events):
            if event == "confirm":
                confirmed.append(f"Person {count}")
                sign(confirmed[-1])
            elif event == "withdraw":
                if confirmed:
                    change("UPDATE signature SET state='withdrawn' WHERE name=:n", n=confirmed[0])
                    del confirmed[0]
            else:
                official, everything = event
                new = [p for p in confirmed if everything or p not in delivered[official]]
                found = deliver(Path(folder), official, everything)
                assert list(found) == new
                assert all(number_of.setdefault(p, number) == number for p, number in found.items())
                delivered[official] += new
    given_numbers = [row[0] for row in rows("SELECT number FROM delivery_number ORDER BY 1")]
    assert given_numbers == list(range(1, len(given_numbers) + 1))
    assert sorted(map(int, number_of.values())) == given_numbers


def deliver(folder: Path, official: str, everything: bool) -> dict[str, str]:
    """Compile; the number of each person in the package, in its order."""
    try:
        path = compiled(folder, official, everything=everything).path
    except NothingNew:
        return {}
    table = csv_table(packed(path)["signatures.csv"])
    assert len(table) - 1 == len({row[0] for row in table[1:]})
    return {row[1]: row[0] for row in table[1:]}
