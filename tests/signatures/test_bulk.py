"""Excluding many at once: what was previewed and no more, in batches that survive being killed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.accounts.audit import Actor
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.links import make_token
from campaign.signatures import counting
from campaign.signatures.condition import read_condition
from campaign.signatures.confirming import confirm
from campaign.signatures.excluding import exclude, restore
from campaign.signatures.excluding_many import _TAKE, do_batch, run_batch
from campaign.signatures.exclusions import cancel, preview, start, undo
from campaign.signatures.progress import exclusion, exclusions
from tests.local.processes import until
from tests.support.crowd import put
from tests.support.making import make_campaign, rows, somebody_waits, value

ADMIN = Actor("ada@example.org", "192.0.2.1")
SLUG = "night-buses"
FAKES = {"domain": "trash.example"}


def begin(reason: str = "made up", **wanted: str) -> int:
    condition = read_condition(wanted or FAKES)
    cut_off = preview(SLUG, condition, actor=ADMIN).cut_off
    return start(SLUG, condition, cut_off.isoformat(), reason, actor=ADMIN)


def run(batch: int = 1000) -> int:
    """Work until nothing is left; the number of batches that it took."""
    done = 0
    while run_batch(batch):
        done += 1
    return done


def states() -> dict[str, int]:
    """How many are in each state: the rows, when the counts say the same."""
    counting.fold()
    assert counting.check() == []
    return dict(rows("SELECT state, count(*) FROM signature GROUP BY state ORDER BY state"))


def excluded() -> list[int]:
    return [row[0] for row in rows("SELECT id FROM signature WHERE state = 'excluded' ORDER BY id")]


def test_a_preview_counts_what_the_job_then_excludes(app: Flask) -> None:
    make_campaign()
    put(20)
    fakes = put(25, domain="trash.example")
    found = preview(SLUG, read_condition(FAKES), actor=ADMIN)
    assert found.count == 25
    assert [one.id for one in found.sample] == fakes[:14:-1]
    job = begin()
    assert run(batch=10) == 3
    assert excluded() == fakes
    assert states() == {"confirmed": 20, "excluded": 25}
    done = exclusion(SLUG, job)
    assert (done.state, done.counted, done.changed) == ("done", 25, 25)
    assert value("SELECT count(*) FROM signature_decision WHERE job_id = :id", id=job) == 25


@pytest.mark.parametrize(
    "wanted",
    [
        {"network": "ab" * 16},
        {"country": "FR"},
        {"source": "from=x"},
        {"country": "FR", "state": "pending"},
        {"since": f"{dt.datetime.now(dt.UTC) - dt.timedelta(minutes=30):%Y-%m-%dT%H:%M}"},
    ],
)
def test_each_kind_of_condition_excludes_its_own(app: Flask, wanted: dict[str, str]) -> None:
    make_campaign()
    make_campaign("other")
    put(3)
    different = {"network": "ab" * 16, "country": "FR", "source": "from=x", "minutes_ago": 20}
    fakes = put(3, **different, state="pending")
    put(3, **different, slug="other")
    begin(**wanted)
    run(batch=2)
    assert excluded() == fakes
    assert states() == {"confirmed": 6, "excluded": 3}


@pytest.mark.parametrize("wanted", [{}, {"state": "confirmed"}, {"q": "zoë", "country": "FR"}])
def test_everybody_or_a_person_is_no_condition(app: Flask, wanted: dict[str, str]) -> None:
    make_campaign()
    put(3)
    condition = read_condition(wanted)
    with pytest.raises(Invalid):
        preview(SLUG, condition, actor=ADMIN)
    with pytest.raises(Invalid):
        start(SLUG, condition, "2026-11-23T10:00:00+00:00", "made up", actor=ADMIN)


def test_who_comes_after_the_preview_is_not_touched(app: Flask) -> None:
    make_campaign()
    fakes = put(5, domain="trash.example")
    pending = put(3, domain="trash.example", state="pending")
    put(2, domain="trash.example", minutes_ago=0.1)  # A commit at this moment may come late.
    condition = read_condition({**FAKES, "state": "confirmed"})
    shown = preview(SLUG, condition, actor=ADMIN)
    assert shown.count == 5
    put(4, domain="trash.example", minutes_ago=0)
    confirm(make_token("confirm", pending[0]))
    exclude(SLUG, fakes[0], "by hand", actor=ADMIN)
    restore(SLUG, fakes[0], "looked at, real", actor=ADMIN)
    start(SLUG, condition, shown.cut_off.isoformat(), "made up", actor=ADMIN)
    run()
    assert excluded() == fakes[1:]
    assert states() == {"confirmed": 8, "excluded": 4, "pending": 2}


def test_a_cut_off_in_the_future_is_not_believed(app: Flask) -> None:
    make_campaign()
    put(3, domain="trash.example")
    start(SLUG, read_condition(FAKES), "2199-01-01T00:00:00Z", "made up", actor=ADMIN)
    put(3, domain="trash.example", minutes_ago=0)
    run()
    assert states() == {"confirmed": 3, "excluded": 3}


@pytest.mark.parametrize("cut_off", ["", "now", "2026-11-23T10:00:00", "9999-12-31T23:59:59-12:00"])
def test_a_cut_off_that_we_never_gave_is_refused(app: Flask, cut_off: str) -> None:
    make_campaign()
    put(3, domain="trash.example")
    with pytest.raises(Invalid):
        start(SLUG, read_condition(FAKES), cut_off, "made up", actor=ADMIN)


def test_a_preview_that_is_sent_twice_starts_one_job(app: Flask) -> None:
    make_campaign()
    put(5, domain="trash.example")
    condition = read_condition(FAKES)
    cut_off = preview(SLUG, condition, actor=ADMIN).cut_off.isoformat()
    first = start(SLUG, condition, cut_off, "made up", actor=ADMIN)
    assert start(SLUG, condition, cut_off, "made up", actor=ADMIN) == first
    run()
    assert start(SLUG, condition, cut_off, "made up", actor=ADMIN) == first
    assert len(exclusions(SLUG)) == 1


def test_killed_between_batches_and_within_one_nothing_is_lost_or_doubled(app: Flask) -> None:
    make_campaign()
    put(5)
    fakes = put(50, domain="trash.example")
    job = begin()
    assert run_batch(10)
    assert run_batch(10)
    with db.engine.connect() as killed:  # Its transaction never ends: the worker is gone.
        do_batch(killed, killed.execute(_TAKE).mappings().one(), 10)
        assert not run_batch(10), "somebody is at it"
    assert exclusion(SLUG, job).changed == 20
    assert excluded() == fakes[:20]
    assert run(batch=10) == 4
    assert excluded() == fakes
    assert exclusion(SLUG, job).changed == 50
    assert value("SELECT count(*) FROM signature_decision") == 50
    assert states() == {"confirmed": 5, "excluded": 50}


def test_many_workers_share_the_work(app: Flask) -> None:
    make_campaign()
    put(60, domain="trash.example")
    job = begin()

    def work(_: int) -> None:
        with app.app_context():
            while exclusion(SLUG, job).going:
                run_batch(5)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert states() == {"excluded": 60}
    assert exclusion(SLUG, job).changed == 60
    assert value("SELECT count(*) FROM audit_event WHERE action = 'exclusion finished'") == 1


def test_cancelling_stops_after_the_batch(app: Flask) -> None:
    make_campaign()
    put(30, domain="trash.example")
    job = begin()
    run_batch(10)
    assert [cancel(SLUG, job, actor=ADMIN) for _ in range(2)] == [True, False]
    assert run() == 0
    assert exclusion(SLUG, job).state == "cancelled"
    assert states() == {"confirmed": 20, "excluded": 10}


def test_undoing_restores_exactly_what_the_job_excluded(app: Flask) -> None:
    make_campaign()
    (by_hand,) = put(domain="trash.example")
    exclude(SLUG, by_hand, "before", actor=ADMIN)
    put(4, domain="trash.example", state="pending")
    fakes = put(6, domain="trash.example")
    job = begin()
    run(batch=3)
    (again, back) = fakes[:2]
    restore(SLUG, back, "real", actor=ADMIN)
    restore(SLUG, again, "real", actor=ADMIN)
    exclude(SLUG, again, "not real at all", actor=ADMIN)
    made = undo(SLUG, job, "wrong domain", actor=ADMIN)
    assert undo(SLUG, job, "wrong domain", actor=ADMIN) == made
    run(batch=3)
    assert excluded() == [by_hand, again]
    assert states() == {"confirmed": 5, "excluded": 2, "pending": 4}
    assert exclusion(SLUG, job).undone_by == made
    assert exclusion(SLUG, made).changed == 8


def _batch_while(app: Flask, first: int, act: Callable[[], object]) -> None:
    """Do a batch that waits for the signature `first`, `act` meanwhile, and let it go on."""

    def work() -> None:
        with app.app_context():
            assert run_batch()

    with ThreadPoolExecutor(1) as pool, db.engine.connect() as holder:
        holder.execute(text("SELECT FROM signature WHERE id = :id FOR UPDATE"), {"id": first})
        done = pool.submit(work)
        until(somebody_waits)
        act()
        holder.rollback()
        done.result(10)


def test_undoing_leaves_what_others_decided_while_it_was_waiting(app: Flask) -> None:
    make_campaign()
    first, second, third = put(3, domain="trash.example")
    job = begin()
    run()
    undo(SLUG, job, "wrong domain", actor=ADMIN)

    def decide() -> None:
        restore(SLUG, second, "looked at, real", actor=ADMIN)
        exclude(SLUG, second, "looked at again, not real", actor=ADMIN)

    _batch_while(app, first, decide)
    assert excluded() == [second]
    assert states() == {"confirmed": 2, "excluded": 1}
    assert value("SELECT state FROM signature WHERE id = :id", id=third) == "confirmed"


def test_excluding_leaves_what_others_decided_while_it_was_waiting(app: Flask) -> None:
    make_campaign()
    first, second, third = put(3, domain="trash.example")
    job = begin()

    def decide() -> None:
        exclude(SLUG, second, "looked at, not real", actor=ADMIN)
        restore(SLUG, second, "looked at again, real", actor=ADMIN)

    _batch_while(app, first, decide)
    assert excluded() == [first, third]
    assert exclusion(SLUG, job).changed == 2
    assert states() == {"confirmed": 1, "excluded": 2}


def test_an_undoing_that_was_cancelled_can_be_begun_again(app: Flask) -> None:
    make_campaign()
    put(30, domain="trash.example")
    job = begin()
    run()
    made = undo(SLUG, job, "wrong", actor=ADMIN)
    run_batch(10)
    cancel(SLUG, made, actor=ADMIN)
    assert states() == {"confirmed": 10, "excluded": 20}
    assert exclusion(SLUG, job).can_be_undone
    assert undo(SLUG, job, "wrong still", actor=ADMIN) != made
    run(batch=7)
    assert states() == {"confirmed": 30}


def test_what_is_under_way_or_is_itself_an_undoing_cannot_be_undone(app: Flask) -> None:
    make_campaign()
    put(3, domain="trash.example")
    job = begin()
    with pytest.raises(NotFound):
        undo(SLUG, job, "wrong", actor=ADMIN)
    run()
    made = undo(SLUG, job, "wrong", actor=ADMIN)
    run()
    with pytest.raises(NotFound):
        undo(SLUG, made, "right", actor=ADMIN)


def test_jobs_belong_to_their_campaign(app: Flask) -> None:
    make_campaign()
    make_campaign("other")
    put(3, domain="trash.example")
    job = begin()
    assert not cancel("other", job, actor=ADMIN)
    with pytest.raises(NotFound):
        exclusion("other", job)
    run()
    with pytest.raises(NotFound):
        undo("other", job, "wrong", actor=ADMIN)


def test_everything_is_on_record_without_whom_it_is_about(app: Flask) -> None:
    make_campaign()
    put(3, domain="trash.example")
    job = begin()
    run_batch(2)
    cancel(SLUG, job, actor=ADMIN)
    made = undo(SLUG, job, "wrong", actor=ADMIN)
    run()
    hidden = {"domain": "…"}
    about, undone = f"exclusion:{job}", f"exclusion:{made}"
    assert rows("SELECT action, subject, details FROM audit_event ORDER BY number") == [
        ("exclusion previewed", f"campaign:{SLUG}", {**hidden, "count": 3, "shown": 3}),
        ("exclusion started", about, {**hidden, "counted": 3, "campaign": SLUG}),
        ("exclusion cancelled", about, {"changed": 2}),
        ("exclusion undone", about, {"by": made}),
        ("exclusion finished", undone, {"changed": 2}),
    ]


def test_who_is_brought_in_after_the_preview_is_not_touched_whatever_their_date(app: Flask) -> None:
    make_campaign()
    put(2, domain="fake.example")
    number = begin(domain="fake.example")
    (late,) = put(domain="fake.example", minutes_ago=100)
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE signature SET recorded_at = now() WHERE id = :id"), {"id": late}
        )
    run()
    assert number
    assert len(excluded()) == 2
    assert late not in excluded()


def test_a_job_that_means_nothing_any_more_keeps_none_behind_it_waiting(app: Flask) -> None:
    make_campaign()
    put(2, domain="fake.example")
    bad, good = begin(country="GB"), begin(domain="fake.example")
    with db.engine.begin() as connection:
        values = {"id": bad, "condition": '{"country": "XX"}'}
        connection.execute(
            text("UPDATE exclusion_job SET condition = CAST(:condition AS jsonb) WHERE id = :id"),
            values,
        )
    run()
    assert rows("SELECT id, state FROM exclusion_job ORDER BY id") == [
        (bad, "cancelled"),
        (good, "done"),
    ]
    assert len(excluded()) == 2
