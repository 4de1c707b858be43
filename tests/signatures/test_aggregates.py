"""What the charts are made of: after any sequence of acts, a GROUP BY over the rows."""

from __future__ import annotations

import contextlib
import datetime as dt
import runpy
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.delivery.erasing import erase
from campaign.extensions import db
from campaign.resources import folder
from campaign.signatures import counting
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.withdrawing import NotCounted, withdraw
from tests.support.making import make_campaign, rows, value

_SIGN = f"""
WITH signed AS (
    INSERT INTO signature (campaign_id, pledge_text_id, name, email, email_canonical, country,
        postcode, comment, updates, public, consent_version, language, source, network_key,
        created_at)
    VALUES (%(campaign)s, %(campaign)s, '', %(email)s, %(email)s, %(country)s, '', '', false, false,
        1, 'en', %(source)s, '', now() - %(minutes)s * interval '1 minute')
    ON CONFLICT DO NOTHING RETURNING {NEEDED}
) {note_change("signed", "NULL", "'pending'")}
"""
_PLACES = [("GB", "", "mail.example"), ("DE", "from=x", "post.example"), ("GB", "from=x", "")]
_WAYS = {
    "confirmed": ("pending", "excluded"),
    "excluded": ("pending", "confirmed"),
    "withdrawn": ("confirmed", "pending"),
}


def sign(number: int, campaign: int, place: int, minutes: int) -> None:
    country, source, domain = _PLACES[place]
    values = {"campaign": campaign, "email": f"s{number}@{domain}", "country": country}
    run(_SIGN, values | {"source": source, "minutes": minutes})


def change(number: int, new: str) -> None:
    """As the acts do: the state is part of the condition, the note part of the statement."""
    for old in _WAYS[new]:
        at = "coalesce(confirmed_at, now())" if new == "confirmed" else "confirmed_at"
        run(
            f"""WITH moved AS (UPDATE signature SET state = '{new}', confirmed_at = {at}
                WHERE email LIKE %(email)s AND state = '{old}' RETURNING {NEEDED})
            {note_change("moved", f"'{old}'", f"'{new}'")}""",
            {"email": f"s{number}@%"},
        )


def bounce(number: int) -> None:
    run(
        """INSERT INTO outgoing_mail (kind, recipient, language, shared, signature_id, state)
        SELECT 'confirm', '', 'en', '{}', id, 'failed' FROM signature WHERE email LIKE %(email)s""",
        {"email": f"s{number}@%"},
    )


def take_back(number: int) -> None:
    for one in ids_of(number):
        with contextlib.suppress(NotCounted):
            withdraw(one)


def take_away(number: int) -> None:
    for one in ids_of(number):
        erase(one)


def ids_of(number: int) -> list[int]:
    return [row[0] for row in rows(f"SELECT id FROM signature WHERE email LIKE 's{number}@%'")]


def run(statement: str, values: dict[str, Any]) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(statement, values)


def expected() -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    """The tables, made in Python from the rows alone."""
    hours: Counter[Any] = Counter()
    tallies: Counter[Any] = Counter()
    minutes: Counter[Any] = Counter()
    for campaign, country, source, email, signed, confirmed, state, bounced in rows(
        """SELECT campaign_id, country, source, email, created_at, confirmed_at, state,
            (SELECT count(*) FROM outgoing_mail WHERE signature_id = s.id) FROM signature s"""
    ):
        domain, day = email.partition("@")[2], signed.astimezone(dt.UTC).date().isoformat()
        hours[campaign, hour(signed), "submitted"] += 1
        for name, known in (("country", country), ("source", source), ("domain", domain)):
            for when in (day, "-infinity"):
                tallies[campaign, name, when, known, state] += 1
                tallies[campaign, name, when, known, "submitted"] += 1
                tallies[campaign, name, when, known, "bounced"] += bounced
        if state == "confirmed":
            hours[campaign, hour(confirmed), "confirmed"] += 1
            for when in (day, "-infinity"):
                minutes[campaign, domain, when, rounded(confirmed - signed)] += 1
    return +hours, +tallies, +minutes


def hour(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def rounded(took: dt.timedelta) -> int:
    whole = int(took.total_seconds() // 60)
    step = 1 if whole < 10 else 5 if whole < 60 else 60 if whole < 1440 else 1440
    return whole // step * step


def held() -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    """The tables as they are."""
    hours: Counter[Any] = Counter()
    tallies: Counter[Any] = Counter()
    for campaign, at, *figures in rows("SELECT * FROM signature_hour"):
        for name, number in zip(("submitted", "confirmed"), figures, strict=True):
            hours[campaign, at.astimezone(dt.UTC), name] += number
    names = ("pending", "confirmed", "withdrawn", "excluded", "erased", "bounced", "submitted")
    for *key, figures in rows(
        f"SELECT campaign_id, dimension, day::text, value, ARRAY[{', '.join(names)}]"
        " FROM signature_tally"
    ):
        for name, number in zip(names, figures, strict=True):
            tallies[*key, name] += number
    found = rows("SELECT campaign_id, domain, day::text, minutes, confirmed FROM signature_minutes")
    minutes = Counter({tuple(key): number for *key, number in found})
    # Unlike `+counter`, this keeps what is below zero, which must never be.
    return tuple(Counter({k: n for k, n in c.items() if n}) for c in (hours, tallies, minutes))  # type: ignore[return-value]


_SIGNERS = st.integers(0, 5)
_ACTS = st.one_of(
    st.tuples(
        st.just("sign"), _SIGNERS, st.integers(1, 2), st.integers(0, 2), st.integers(0, 4000)
    ),
    st.tuples(st.just("change"), _SIGNERS, st.sampled_from(sorted(_WAYS))),
    st.tuples(st.sampled_from(["bounce", "withdraw", "erase"]), _SIGNERS),
    st.tuples(st.just("fold")),
)
_DO = {
    "sign": sign,
    "change": change,
    "bounce": bounce,
    "withdraw": take_back,
    "erase": take_away,
    "fold": counting.fold,
}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(_ACTS, max_size=40))
def test_whatever_happens_the_charts_are_what_the_rows_say(
    app: Flask, acts: list[tuple[Any, ...]]
) -> None:
    begin_anew()
    for act, *values in acts:
        _DO[act](*values)
    assert counting.check() == []
    counting.fold()
    assert held() == expected()
    assert counting.check() == []
    counting.drop_empty()
    assert held() == expected()
    assert counting.check() == []


def begin_anew() -> None:
    tables = "signature, signature_change, signature_hour, signature_tally, signature_minutes"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {tables}, campaign, campaign_count CASCADE")
        connection.exec_driver_sql("TRUNCATE official RESTART IDENTITY CASCADE")
        connection.exec_driver_sql("ALTER SEQUENCE campaign_id_seq RESTART")
        connection.exec_driver_sql("ALTER SEQUENCE pledge_text_id_seq RESTART")
    make_campaign()
    make_campaign("other")


def crowd(signed: int) -> None:
    for number in range(signed):
        sign(number, 1, number % 3, number)
        change(number, "confirmed" if number % 3 else "excluded")
        bounce(number)


def test_folding_at_once_adds_every_change_and_every_bounce_once(app: Flask) -> None:
    begin_anew()
    crowd(20)

    def fold(_: int) -> int:
        with app.app_context():
            return counting.fold()

    with ThreadPoolExecutor(4) as pool:
        # Each signs, changes once, and bounces.
        assert sum(pool.map(fold, range(4))) == 60
    assert held() == expected()
    assert value("SELECT sum(bounced) FROM signature_tally WHERE dimension = 'domain'") == 40


def test_a_fold_that_is_cut_off_leaves_everything_waiting(app: Flask) -> None:
    begin_anew()
    crowd(3)
    with db.engine.connect() as connection:
        connection.execute(counting._FOLD, {"batch": 100})
        connection.rollback()
    assert held() == (Counter(), Counter(), Counter())
    counting.fold()
    assert held() == expected()


def test_many_changes_are_folded_in_several_portions(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(counting, "_BATCH", 4)
    begin_anew()
    crowd(9)
    assert counting.fold() == 27
    assert held() == expected()


def test_charts_that_are_wrong_are_rebuilt_from_the_rows(app: Flask) -> None:
    begin_anew()
    crowd(9)
    counting.fold()
    right = held()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE signature_tally SET confirmed = 7, bounced = 0")
        connection.exec_driver_sql("UPDATE signature_hour SET submitted = submitted + 1")
        connection.exec_driver_sql("DELETE FROM signature_minutes")
        connection.exec_driver_sql("INSERT INTO signature_hour VALUES (2, now(), 5, 5)")
    sign(10, 2, 1, 0)
    names = {(one.campaign, one.state) for one in counting.check(repair=True)}
    assert ("other", "submitted by hour") in names
    assert ("night-buses", "confirmed by minutes to confirm") in names
    assert ("night-buses", "bounced by domain") in names
    assert held() == right
    assert counting.check() == []
    counting.fold()
    assert held() == expected()


def test_who_changes_a_country_or_address_takes_out_and_puts_in(app: Flask) -> None:
    begin_anew()
    crowd(4)
    out = f"SELECT state, {NEEDED} FROM signature WHERE email LIKE 's1@%%'"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            f"WITH before AS ({out}) {note_change('before', 'state', 'NULL')}"
        )
        connection.exec_driver_sql(
            f"""WITH after AS (UPDATE signature SET state = 'erased', country = '', source = '',
                email = 'erased-1', email_canonical = 'erased-1' WHERE email LIKE 's1@%%'
                RETURNING {NEEDED}) {note_change("after", "NULL", "'erased'")}"""
        )
    counting.fold()
    assert held() == expected()
    assert counting.check() == []
    assert rows("SELECT confirmed, excluded, erased FROM campaign_count") == [(1, 2, 1)]


def test_the_migration_fills_them_from_what_was_signed_before(app: Flask) -> None:
    begin_anew()
    crowd(9)
    counting.fold()
    right = held()
    files = folder("migrations") / "versions"
    migration = runpy.run_path(str(files / "0003_seeing.py"))
    with db.engine.begin() as connection:
        for table in ("signature_hour", "signature_tally", "signature_minutes"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        for statement in migration["UP"]:
            if statement.strip().startswith("INSERT"):
                connection.exec_driver_sql(statement)
        # Mails are counted by folding: those that failed before are not marked yet.
        connection.exec_driver_sql("UPDATE outgoing_mail SET counted = false")
    counting.fold()
    assert held() == right
