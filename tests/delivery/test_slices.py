"""Slices: postcodes are compared as people mean them; only what is delivered is numbered."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from flask import Flask

from campaign.delivery import compiling
from campaign.delivery.errors import NothingNew
from campaign.delivery.slicing import Slice, read_slice
from campaign.errors import Invalid
from tests.delivery.making import (
    MAYOR,
    MINISTER,
    change,
    compiled,
    csv_table,
    numbers,
    packed,
    paper_batch,
    petition,
    sign,
    sign_on_paper,
)
from tests.support.making import rows


@pytest.mark.parametrize(
    ("countries", "postcodes", "expected"),
    [
        ([], "", Slice()),
        (["gb", " GB ", "FR", ""], "", Slice(("FR", "GB"))),
        ([], "n1, N1 ; ec-2a\r\nEC 2A,,", Slice((), ("EC2A", "N1"))),
        (["DE"], ["10 1", "10-1"], Slice(("DE",), ("101",))),
    ],
)
def test_a_slice_is_read_in_one_form(
    countries: list[str], postcodes: str | list[str], expected: Slice
) -> None:
    assert read_slice(countries, postcodes) == expected


@pytest.mark.parametrize("postcodes", ["N1%", "N.", "ñ1", "(N1", "a|b", "N\x00", "N" * 17, "ß"])
def test_what_is_no_beginning_of_a_postcode_is_refused(postcodes: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_slice([], postcodes)
    assert list(refused.value.fields) == ["postcodes"]


def test_all_that_is_wrong_with_a_slice_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        read_slice(["XX", "GB"], "?")
    assert list(refused.value.fields) == ["countries", "postcodes"]


def test_a_package_holds_the_slice_alone_and_only_that_is_numbered(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    for name, country, postcode in (
        ("A", "FR", "N1 1"),
        ("B", "GB", "n-1 2"),
        ("C", "GB", "SN1"),
        ("D", "GB", "N10"),
        ("E", "GB", ""),
    ):
        sign(name, country=country, postcode=postcode)
    first = compiled(tmp_path, slice=Slice(("GB",), ("N1",)))
    table = csv_table(packed(first.path)["signatures.csv"])[1:]
    assert [row[:3] for row in table] == [["1", "B", "n-1 2"], ["2", "D", "N10"]]
    assert rows("SELECT count(*) FROM delivery_number") == [(2,)]
    assert rows("SELECT countries, postcodes FROM delivery") == [(["GB"], ["N1"])]
    with pytest.raises(NothingNew, match="of this part of 'night-buses'"):
        compiled(tmp_path, slice=Slice(("GB",), ("N1",)))
    rest = compiled(tmp_path)
    assert numbers(rest.path) == [3, 4, 5]
    assert numbers(compiled(tmp_path, MINISTER, slice=Slice(("FR",))).path) == [3]


def test_paper_is_delivered_with_the_rest_and_named(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("Before")
    batch = paper_batch()
    for name in ("Jo", "Kim"):
        sign_on_paper(name, batch=batch)
    sign("After")
    done = compiled(tmp_path)
    table = csv_table(packed(done.path)["signatures.csv"])[1:]
    assert [row[1] for row in table] == ["Before", "Jo", "Kim", "After"]
    assert [row[4] for row in table] == ["2026-03-01", "2026-02-01", "2026-02-01", "2026-03-01"]
    assert rows("SELECT numbers::text, paper_numbers::text, row_count FROM delivery") == [
        ("{[1,5)}", "{[2,4)}", 4)
    ]


@pytest.mark.parametrize("state", ["undone", "superseded", "erased"])
def test_paper_that_does_not_count_is_not_delivered(app: Flask, tmp_path: Path, state: str) -> None:
    petition()
    sign_on_paper("Jo")
    gone = sign_on_paper("Gone")
    compiled(tmp_path)
    change("UPDATE paper_signature SET state = :s WHERE id = :i", s=state, i=gone)
    assert numbers(compiled(tmp_path, MAYOR, everything=True).path) == [1]
    assert rows("SELECT paper_numbers::text FROM delivery ORDER BY id") == [
        ("{[1,3)}",),
        ("{[1,2)}",),
    ]


def test_a_package_without_paper_says_so(app: Flask, tmp_path: Path) -> None:
    petition()
    sign()
    compiled(tmp_path)
    assert rows("SELECT paper_numbers::text FROM delivery") == [("{}",)]


def test_runs_of_paper_leave_out_nobody_in_between(app: Flask, tmp_path: Path) -> None:
    """Numbers that are not in the package do not break a run; those that are do."""
    petition()
    batch = paper_batch()
    for postcode in ("A1", "B1", "A2"):
        sign_on_paper(postcode, postcode=postcode, batch=batch)
    sign("Online", postcode="A3")
    sign_on_paper("Last", postcode="A4")
    compiled(tmp_path)
    with patch.object(compiling, "pack", wraps=compiling.pack) as pack:
        compiled(tmp_path, MINISTER, slice=Slice((), ("A",)))
    contents = pack.call_args[0][0]
    assert contents.paper == ((1, 3), (5, 5))
    assert (contents.paper_count, contents.slice) == (3, Slice((), ("A",)))
    query = "SELECT paper_numbers::text FROM delivery WHERE number = 2"
    assert rows(query) == [("{[1,2),[3,4),[5,6)}",)]
