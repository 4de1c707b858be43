"""Finding signatures by everything one may know of them, and paging through many."""

from __future__ import annotations

import datetime as dt
from itertools import chain
from typing import Any

import pytest
from flask import Flask

from campaign.accounts.audit import Actor
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.signatures.condition import LONGEST, Condition, read_condition
from campaign.signatures.finding import PAGE, Page, find
from tests.support.crowd import put
from tests.support.making import make_campaign, rows

ADMIN = Actor("ada@example.org", "192.0.2.1")
SLUG = "night-buses"


def search(**wanted: str) -> Page:
    return find(SLUG, read_condition(wanted), actor=ADMIN)


def ids(**wanted: str) -> list[int]:
    return [one.id for one in search(**wanted).signatures]


def test_without_a_condition_all_are_found_the_newest_first(app: Flask) -> None:
    make_campaign()
    make_campaign("other")
    put(2, slug="other")
    first, second = put(2)
    assert ids() == [second, first]


@pytest.mark.parametrize("q", ["zoë", "ZOË NGUY", "nguyễn", "Nguyễn, Zoë", "zo.n", "zo@mail"])
def test_a_person_is_found_by_any_word_of_name_and_address(app: Flask, q: str) -> None:
    make_campaign()
    put(name="Ada Okafor", run="ada")
    (zoe,) = put(name="Zoë Nguyễn", run="zo.nn", domain="mail.example")
    assert ids(q=q) == [zoe]


@pytest.mark.parametrize("q", ["zoen.1@gmail.com", "Zoe.N.1+x@GoogleMail.com"])
def test_a_person_is_found_by_every_spelling_of_the_address(app: Flask, q: str) -> None:
    make_campaign()
    put(run="zoen", domain="example.org")
    (zoe,) = put(run="zoen", domain="gmail.com")
    with db.engine.begin() as connection:
        change = "UPDATE signature SET email_canonical = 'zoen1@gmail.com' WHERE id = %s"
        connection.exec_driver_sql(change, (zoe,))
    assert ids(q=q) == [zoe]


@pytest.mark.parametrize("name", ["Seán O’Brien", "Jean-Luc O'Brien", "(The) O´Brien"])
def test_punctuation_ends_a_word(app: Flask, name: str) -> None:
    make_campaign()
    (one,) = put(name=name)
    assert ids(q="brien") == [one]
    assert ids(q=name) == [one]
    assert ids(q="rien") == []


def test_each_part_of_a_condition_narrows(app: Flask) -> None:
    make_campaign()
    put(3)
    network = "ab" * 16
    (one,) = put(
        domain="trash.example", country="FR", network=network, source="from=x", state="pending"
    )
    for wanted in (
        {"domain": "@Trash.example"},
        {"country": "FR"},
        {"network": network.upper()},
        {"source": "from=x"},
        {"state": "pending"},
        {"domain": "trash.example", "country": "FR", "state": "pending", "q": "zoë"},
    ):
        assert ids(**wanted) == [one], wanted
    assert ids(domain="trash.example", country="GB") == []


def test_a_time_range_holds_its_beginning_and_not_its_end(app: Flask) -> None:
    make_campaign()
    (old,) = put(minutes_ago=3 * 1440)
    (new,) = put(minutes_ago=10)
    # Ten minutes ago may have been yesterday.
    between = f"{dt.datetime.now(dt.UTC) - dt.timedelta(days=2):%Y-%m-%d}"
    assert ids(since=between) == [new]
    assert ids(until=between) == [old]
    moment = rows("SELECT date_trunc('minute', created_at) FROM signature WHERE id = :i", i=new)[0][
        0
    ]
    assert ids(since=moment.isoformat()) == [new]
    assert ids(until=moment.isoformat()) == [old]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("q", "x" * (LONGEST + 1)),
        ("q", "a\x00b"),
        ("q", "\ud800"),
        ("q", "@ . -"),
        ("domain", "a@b.example"),
        ("network", "abc"),
        ("network", "zz" * 16),
        ("country", "XX"),
        ("country", "gb"),
        ("state", "gone"),
        ("source", "a\x00"),
        ("since", "tomorrow"),
        ("since", "99999-01-01"),
        ("since", "0001-01-01"),
        ("until", "2026-02-30"),
        ("until", "9999-12-31T23:59:59+14:00"),
        ("until", "0001-01-01T00:00+23:59"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(field: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_condition({field: text})
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    "q", ["a' | 'b", "a:* & b", "\\", "100%", "'); DROP TABLE signature;--", "<->", "𝒵"]
)
def test_no_text_breaks_a_search(app: Flask, q: str) -> None:
    make_campaign()
    put()
    assert ids(q=q) == []


def test_the_end_must_follow_the_beginning() -> None:
    with pytest.raises(Invalid, match="after"):
        read_condition({"since": "2026-11-24", "until": "2026-11-23T23:59"})


def test_a_condition_is_read_from_what_it_was_written_as() -> None:
    wanted = {"domain": "example.org", "since": "2026-11-23T10:11:12.5Z", "until": "2026-11-30"}
    condition = read_condition(wanted)
    assert condition.values()["until"] == "2026-12-01T00:00"
    assert read_condition(condition.values()) == condition


def walk(condition: Condition) -> list[int]:
    """Every page from the newest to the oldest, and all the way back."""
    page, down = find(SLUG, condition, actor=ADMIN), []
    while True:
        down.append([one.id for one in page.signatures])
        if not page.older:
            break
        page = find(SLUG, condition, older=page.older, actor=ADMIN)
    up = []
    while True:
        up.append([one.id for one in page.signatures])
        if not page.newer:
            break
        page = find(SLUG, condition, newer=page.newer, actor=ADMIN)
    assert list(chain.from_iterable(down)) == list(chain.from_iterable(reversed(up)))
    return list(chain.from_iterable(down))


@pytest.mark.parametrize("number", [1, PAGE, PAGE + 1, 3 * PAGE, 3 * PAGE + 7])
def test_pages_hold_everybody_once_in_both_directions(app: Flask, number: int) -> None:
    make_campaign()
    put(number // 2)
    put(number - number // 2, state="pending")  # Half of them at the very same moments.
    assert sorted(walk(Condition())) == [
        row[0] for row in rows("SELECT id FROM signature ORDER BY 1")
    ]


def test_pages_stay_as_they_are_while_signatures_come_in(app: Flask) -> None:
    make_campaign()
    put(2 * PAGE)
    first = search()
    expected = [
        one.id for one in find(SLUG, Condition(), older=first.older, actor=ADMIN).signatures
    ]
    put(7, minutes_ago=1)
    page = find(SLUG, Condition(), older=first.older, actor=ADMIN)
    assert [one.id for one in page.signatures] == expected
    assert find(SLUG, Condition(), newer=first.signatures[0].place, actor=ADMIN).older


@pytest.mark.parametrize("place", ["x", "1", "1-", "-1-1", "1" * 17 + "-1", "1-" + "9" * 19])
def test_a_place_that_we_never_gave_is_refused(app: Flask, place: str) -> None:
    make_campaign()
    for given in ({"newer": place}, {"older": place}):
        with pytest.raises(Invalid):
            find(SLUG, Condition(), **given, actor=ADMIN)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", ["0-0", "9" * 16 + "-" + "9" * 18])
def test_a_place_beyond_everybody_is_empty_or_whole(app: Flask, place: str) -> None:
    make_campaign()
    put(3)
    given: list[dict[str, Any]] = [{"newer": place}, {"older": place}]
    found = [len(find(SLUG, Condition(), **one, actor=ADMIN).signatures) for one in given]
    assert sorted(found) == [0, 3]


def test_a_search_is_on_record_without_what_was_searched_for(app: Flask) -> None:
    make_campaign()
    put(3)
    search(q="zoë", domain="example.org", country="GB")
    assert rows("SELECT actor, action, subject, details FROM audit_event") == [
        (
            "ada@example.org",
            "signatures searched",
            "campaign:night-buses",
            {"q": "…", "domain": "…", "country": "GB", "shown": 3},
        )
    ]


def test_an_unknown_campaign_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        search()
