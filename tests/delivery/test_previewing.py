"""Previews: what a delivery would hold, to the row, without giving a number."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask

from campaign.delivery.previewing import Preview, preview
from campaign.delivery.slicing import Slice
from campaign.delivery.wishing import Wish
from campaign.errors import Invalid, NotFound
from tests.delivery.export_making import ADA
from tests.delivery.making import (
    MAYOR,
    MINISTER,
    SLUG,
    change,
    compiled,
    csv_table,
    packed,
    petition,
    sign,
    sign_many,
    sign_on_paper,
)
from tests.support.making import rows, value

NORTH = Slice((), ("N1",))


def look(official: str = MAYOR, *, everything: bool = False, **wish: object) -> Preview:
    return preview(SLUG, Wish(official, everything, **wish), actor=ADA)  # type: ignore[arg-type]


def counts(seen: Preview) -> tuple[int, int, int, int]:
    return seen.count, seen.paper, seen.held, seen.to_be_numbered


def test_it_counts_what_is_new_and_what_they_hold_already(app: Flask, tmp_path: Path) -> None:
    petition()
    for postcode in ("N1 1", "N1 2", "E1"):
        sign(postcode=postcode)
    sign_on_paper(postcode="N1 3")
    assert counts(look()) == (4, 1, 0, 4)
    compiled(tmp_path, slice=NORTH)
    assert counts(look()) == (1, 0, 3, 1)
    assert counts(look(slice=NORTH)) == (0, 0, 3, 0)
    assert counts(look(everything=True)) == (4, 1, 3, 1)
    assert counts(look(MINISTER)) == (4, 1, 0, 1)


def test_its_rows_are_those_of_the_package_to_the_character(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("=1+1", "; =cmd\nand “more”\x0b, 李", postcode="N1 1")
    sign_on_paper("Jo\tKim", postcode="n-1")
    compiled(tmp_path, MINISTER)
    sign("New", postcode="N1 9")
    seen = look()
    table = csv_table(packed(compiled(tmp_path).path)["signatures.csv"])[1:]
    assert [list(row)[1:6] for row in seen.rows] == [row[1:] for row in table]
    assert [row.number for row in seen.rows] == ["1", "2", ""]
    assert [row.is_paper for row in seen.rows] == [False, True, False]


def test_it_shows_ten_at_most_those_with_numbers_first(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("Numbered")
    compiled(tmp_path, MINISTER)
    sign("Earlier")
    change("UPDATE signature SET confirmed_at = '2026-01-01' WHERE name = 'Earlier'")
    sign_many(12)
    seen = look()
    assert seen.count == 14
    assert [row.name for row in seen.rows][:2] == ["Numbered", "Earlier"]
    assert len(seen.rows) == 10


def test_it_changes_nothing_but_the_record(app: Flask) -> None:
    petition()
    sign()
    seen = look(cut_off=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert (seen.count, seen.rows) == (0, [])
    look()
    assert value("SELECT count(*) FROM delivery_number") == 0
    assert value("SELECT count(*) FROM delivery") == 0
    assert rows("SELECT action, details->>'rows' FROM audit_event ORDER BY number") == [
        ("delivery previewed", "0"),
        ("delivery previewed", "1"),
    ]


def test_only_what_exists_can_be_previewed(app: Flask) -> None:
    petition()
    with pytest.raises(Invalid):
        look("nobody")
    with pytest.raises(NotFound):
        preview("nope", Wish(MAYOR), actor=ADA)
    assert rows("SELECT FROM audit_event") == []
