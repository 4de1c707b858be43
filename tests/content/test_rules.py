"""The rules for single values."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from campaign.content import rules

Rule = Callable[[yaml.Node], Any]


def node(written: str) -> yaml.Node:
    found = yaml.compose(written, Loader=yaml.SafeLoader)
    assert found is not None
    return found


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("rule", "written", "value"),
    [
        (rules.text(20), "no", "no"),
        (rules.text(20), "010", "010"),
        (rules.text(20), "2026-11-23", "2026-11-23"),
        (rules.text(20), "'  a \n  b '", "a b"),
        (rules.text(20), "|\n  a\n  b\n", "a b"),
        (rules.text(20), "Zoe\u0308", "Zo\u00eb"),
        (rules.text(3), "李小龍", "李小龍"),
        (rules.slug, "123", "123"),
        (rules.slug, "a" * 100, "a" * 100),
        (rules.number, "5000", 5000),
        (rules.number, "'1000000000'", 1_000_000_000),
        (rules.opening, "2024-02-29", dt.datetime(2024, 2, 29, tzinfo=dt.UTC)),
        (rules.opening, "'2026-11-23'", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)),
        (rules.opening, "2026-11-23", moment(2026, 11, 23)),
        (rules.closing, "2026-11-23", moment(2026, 11, 24)),
        (rules.closing, "2199-12-31", moment(2200, 1, 1)),
        (rules.closing, "2026-11-23T18:00+01:00", moment(2026, 11, 23, 17)),
        (rules.closing, "2026-11-23 18:00:30 Z", moment(2026, 11, 23, 18, 0, 30)),
        (rules.opening, "2026-11-23t00:30+05:30", moment(2026, 11, 22, 19)),
        (rules.address, "Office@Example.ORG", "Office@example.org"),
        (rules.address, "a@bücher.example.org", "a@xn--bcher-kva.example.org"),
    ],
)
def test_values_that_are_right(rule: Rule, written: str, value: object) -> None:
    assert rule(node(written)) == value


DAY = "must be a date like 2026-11-23"
MOMENT = f"{DAY}, or with a time and zone like 2026-11-23T18:00+01:00"
NUMBER = "must be a whole number from 1 to 1000000000, in digits alone"
SLUG = "must be small letters, digits and hyphens, like night-buses"
ADDRESS = "must be an e-mail address like office@example.org"


@pytest.mark.parametrize(
    ("rule", "written", "reason"),
    [
        (rules.text(3), "abcd", "has 4 characters; it may have at most 3"),
        (rules.text(9), "[a]", "must be a single value, not a list"),
        (rules.text(9), "{a: b}", "must be a single value, not a list"),
        (rules.text(9), '"a\\0"', "may not have the character U+0000 (control character) in it"),
        (
            rules.text(9),
            '"\\u202e"',
            "may not have the character U+202E (right-to-left override) in it",
        ),
        (
            rules.text(9),
            '"\\ud800"',
            "may not have the character U+D800 (control character) in it",
        ),
        (rules.slug, "Night", f"{SLUG}, not 'Night'"),
        (rules.slug, "-a", f"{SLUG}, not '-a'"),
        (rules.slug, "a_b", f"{SLUG}, not 'a_b'"),
        (rules.slug, "é", f"{SLUG}, not 'é'"),
        (rules.slug, "a/../b", f"{SLUG}, not 'a/../b'"),
        (rules.slug, "a" * 101, "has 101 characters; it may have at most 100"),
        (rules.number, "0", f"{NUMBER}, not '0'"),
        (rules.number, "-5", f"{NUMBER}, not '-5'"),
        (rules.number, "010", f"{NUMBER}, not '010'"),
        (rules.number, "1e3", f"{NUMBER}, not '1e3'"),
        (rules.number, "1_000", f"{NUMBER}, not '1_000'"),
        (rules.number, "5000.0", f"{NUMBER}, not '5000.0'"),
        (rules.number, "٥٠", f"{NUMBER}, not '٥٠'"),
        (rules.number, "1000000001", f"{NUMBER}, not '1000000001'"),
        (rules.number, "9" * 5000, f"{NUMBER}, not '{'9' * 40}…'"),
        (rules.opening, "yesterday", f"{MOMENT}, not 'yesterday'"),
        (rules.opening, "20261123", f"{MOMENT}, not '20261123'"),
        (rules.opening, "2026-W48-1", f"{MOMENT}, not '2026-W48-1'"),
        (rules.opening, "2026-02-30", f"{MOMENT}; there is no day 2026-02-30"),
        (rules.opening, "0001-01-01", "must lie in the years 1900 to 2199, not 0001-01-01"),
        (rules.closing, "9999-12-31", "must lie in the years 1900 to 2199, not 9999-12-31"),
        (rules.closing, "soon", f"{MOMENT}, not 'soon'"),
        (rules.closing, "2026-13-01T10:00Z", f"{MOMENT}; there is no day 2026-13-01"),
        (rules.closing, "2026-11-23T25:00Z", f"{MOMENT}; there is no time 2026-11-23T25:00Z"),
        (
            rules.closing,
            "2026-11-23T10:00+99:00",
            f"{MOMENT}; there is no time 2026-11-23T10:00+99:00",
        ),
        (
            rules.closing,
            "2026-11-23T10:00",
            "needs a time zone, like 2026-11-23T10:00+01:00 or 2026-11-23T10:00Z",
        ),
        (rules.slug, "new", "may not be 'new', which has a meaning of its own"),
        (rules.slugs(2), "[a, b, c]", "must have 1 to 2 entries, not 3"),
        (rules.slugs(2), "[a, B]", f"{SLUG}, not 'B'"),
        (rules.address, "nobody", f"{ADDRESS}, not 'nobody'"),
        (rules.address, "a@b.example.org, c@d.example.org", None),
        (rules.address, "Name <a@example.org>", None),
        (rules.address, "a@localhost", f"{ADDRESS}, not 'a@localhost'"),
        (rules.address, "a" * 300 + "@example.org", None),
        (rules.one_of("draft", "open"), "Open", "must be one of draft, open, not 'Open'"),
        (rules.items(2), "a", "must be a list, each entry starting with -"),
        (rules.items(2), "[]", "must have 1 to 2 entries, not 0"),
        (rules.items(2), "[a, b, c]", "must have 1 to 2 entries, not 3"),
    ],
)
def test_values_that_are_wrong(rule: Rule, written: str, reason: str | None) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the message is compared below.
        rule(node(written))
    assert str(refused.value) == reason if reason else str(refused.value).startswith(ADDRESS)
