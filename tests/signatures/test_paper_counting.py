"""Whatever happens in whatever order: everybody counts once, and every count is what rows say."""

from __future__ import annotations

from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.accounts.audit import SYSTEM
from campaign.delivery.erasing import erase
from campaign.delivery.paper_undoing import erase_row, undo_batch
from campaign.errors import Invalid
from campaign.extensions import db
from campaign.links import make_token
from campaign.signatures import counting
from campaign.signatures.confirming import confirm
from campaign.signatures.excluding import exclude, restore
from campaign.signatures.pledge import read_pledge
from campaign.signatures.signing import sign
from campaign.signatures.standing import standing
from campaign.signatures.tallies import tally
from campaign.signatures.withdrawing import withdraw
from tests.signatures.test_aggregates import begin_anew
from tests.support.making import form, rows
from tests.support.paper import SLUG, person, put_paper


class Model:
    """The same, as a person would keep it on a slate: who counts where."""

    def __init__(self) -> None:
        self.online: dict[int, str] = {}
        self.paper: dict[int, int] = {}
        self.batches: set[int] = set()
        self.forgotten = 0

    def sign(self, who: int) -> None:
        sign(SLUG, read_pledge(form(email=address(who))), from_ip="192.0.2.1")
        self.online.setdefault(who, "pending")

    def confirm(self, who: int) -> None:
        for (one,) in rows("SELECT id FROM signature WHERE email = :e", e=address(who)):
            confirm(make_token("confirm", one))
        if self.online.get(who) == "pending":
            self.online[who] = "confirmed"
            self.paper.pop(who, None)

    def withdraw(self, who: int) -> None:
        for (one,) in rows("SELECT id FROM signature WHERE email = :e", e=address(who)):
            withdraw(one)
            self.online[who] = "withdrawn"
            self.paper.pop(who, None)

    def forget(self, who: int) -> None:
        for (one,) in rows("SELECT id FROM signature WHERE email = :e", e=address(who)):
            erase(one)
            self.online.pop(who)
            self.paper.pop(who, None)
            self.forgotten += 1

    def exclude(self, who: int) -> None:
        for (one,) in rows("SELECT id FROM signature WHERE email = :e", e=address(who)):
            if self.online[who] != "withdrawn":
                exclude(SLUG, one, "A trial", actor=SYSTEM)
                restore(SLUG, one, "A trial", actor=SYSTEM)

    def put(self, batch: int, people: list[int]) -> None:
        here = {who for who, state in self.online.items() if state != "pending"} | {*self.paper}
        new = [who for who in dict.fromkeys(people) if who not in here]
        lines = (person(f"Person {chr(97 + who)}", address(who)) for who in people)
        try:
            report = put_paper(*lines, batch=f"B{batch}")
        except Invalid:
            assert batch in self.batches
            return
        assert report.added == len(new)
        assert len(people) == report.added + len(report.duplicate) + len(report.refused)
        if new:
            self.batches.add(batch)
            self.paper |= dict.fromkeys(new, batch)

    def undo(self, batch: int) -> None:
        query = "SELECT id FROM paper_batch WHERE name = :n AND undone_at IS NULL"
        for (one,) in rows(query, n=f"B{batch}"):
            gone = [who for who, where in self.paper.items() if where == batch]
            assert undo_batch(SLUG, one, actor=SYSTEM) == len(gone)
            assert undo_batch(SLUG, one, actor=SYSTEM) is None
            self.paper = {who: b for who, b in self.paper.items() if who not in gone}
            self.batches.discard(batch)

    def erase(self, who: int) -> None:
        query = "SELECT batch_id, id FROM paper_signature WHERE email = :e AND state = 'counted'"
        for batch, one in rows(query, e=address(who)):
            assert erase_row(SLUG, batch, one, actor=SYSTEM)
            assert not erase_row(SLUG, batch, one, actor=SYSTEM)
            self.paper.pop(who)

    def fold(self) -> None:
        counting.fold()

    def expect(self) -> None:
        stands = standing(SLUG)
        states = list(self.online.values())
        assert stands.confirmed == states.count("confirmed")
        assert stands.paper == len(self.paper)
        assert stands.displayed == stands.confirmed + stands.paper
        assert stands.submitted == len(states) + self.forgotten


def address(who: int) -> str:
    return f"p{who}@example.org"


_WHO, _BATCH = st.integers(0, 4), st.integers(0, 2)
_ACTS = st.one_of(
    st.tuples(st.sampled_from(["sign", "confirm", "withdraw", "forget", "exclude", "erase"]), _WHO),
    st.tuples(st.just("put"), _BATCH, st.lists(_WHO, min_size=1, max_size=6)),
    st.tuples(st.just("undo"), _BATCH),
    st.tuples(st.just("fold")),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(_ACTS, max_size=30))
def test_displayed_is_confirmed_and_paper_after_any_acts(
    app: Flask, acts: list[tuple[Any, ...]]
) -> None:
    begin_anew()
    model = Model()
    for act, *values in acts:
        getattr(model, act)(*values)
        model.expect()
    assert counting.check() == []
    counting.fold()
    model.expect()
    assert tally(SLUG).count == standing(SLUG).displayed
    assert counting.check() == []
    twice = """SELECT FROM paper_signature p JOIN signature s USING (campaign_id, email_canonical)
        WHERE p.state = 'counted' AND s.state IN ('confirmed', 'withdrawn')"""
    assert rows(twice) == []


def test_the_charts_know_nothing_of_paper(app: Flask) -> None:
    begin_anew()
    put_paper(person(), person("Bo", "bo@example.org"))
    counting.fold()
    for chart in ("signature_hour", "signature_tally", "signature_minutes"):
        assert rows(f"SELECT FROM {chart}") == []
    assert rows("SELECT paper, pending, confirmed FROM campaign_count") == [(2, 0, 0)]


def test_a_wrong_count_of_paper_is_found_and_put_right(app: Flask) -> None:
    begin_anew()
    put_paper(person(), person("Bo"))
    counting.fold()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE campaign_count SET paper = 7")
    put_paper(person("Cy"), batch="Station")
    found = [(one.state, one.counted, one.rows) for one in counting.check(repair=True)]
    assert found == [("paper", 8, 3)]
    counting.fold()
    assert counting.check() == []
    assert tally(SLUG).count == 3
