"""Reading a table of paper: each line passes or has its reason; hostile files break nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import tracemalloc

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import Invalid
from campaign.signatures.paper_reading import COLUMNS, MAX_BYTES, Line, Refused, read_lines
from tests.support.paper import HEAD, person, table

ADA = Line(2, "Ada Okafor", "N1 9GU", "GB", dt.date(2026, 3, 1), "", "")


def read(*lines: str, head: str = HEAD) -> list[Line | Refused]:
    return list(read_lines(table(*lines, head=head)))


def reasons(*lines: str, head: str = HEAD) -> list[tuple[int, str]]:
    return [(o.number, o.reason) for o in read(*lines, head=head) if isinstance(o, Refused)]


def unusable(raw: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        list(read_lines(raw))
    return refused.value.fields["table"]


def test_a_line_is_cleaned_as_on_the_form() -> None:
    (line,) = read(
        '  Zoe\u0308  Ngu ,n1  9gu, gb , 2026-03-01 ,"Ple""ase,\r\nbuses", Z@EXAMPLE.org '
    )
    assert line == Line(
        2, "Zoë Ngu", "N1 9GU", "GB", dt.date(2026, 3, 1), 'Ple"ase,\nbuses', "Z@example.org"
    )
    assert isinstance(line, Line)
    assert line.canonical == "z@example.org"


def test_columns_come_in_any_order_and_the_address_is_optional() -> None:
    (line,) = read(
        "2026-03-01,,GB,N1 9GU,Ada Okafor", head="Signed_on,COMMENT,country,postcode,name\n"
    )
    assert line == ADA


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_write_is_read(mark: str, end: str) -> None:
    raw = (mark + HEAD.replace(",", ";") + person().replace(",", ";") + ";;\n\n;;\n").replace(
        "\n", end
    )
    assert list(read_lines(raw.encode())) == [ADA]


def test_lines_are_numbered_as_a_person_sees_them() -> None:
    found = read('Ada,,GB,2026-03-01,"one\ntwo\n\nfour",', "", "Bo,,XX,2026-03-01,,", person("Cy"))
    assert [one.number for one in found] == [2, 7, 8]
    assert isinstance(found[1], Refused)


DAY = "signed_on: it must be a day since 1900 as year-month-day, like 2026-03-01"
CODE = "country: it must be a code of two letters like GB"
ADDRESS = "email: Enter an email address in the correct format, like name@example.org."


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",N1,GB,2026-03-01,,", "name: it is missing"),
        ("12,N1,GB,2026-03-01,,", "name: Enter a name with at least one letter."),
        ("A\x00,N1,GB,2026-03-01,,", "name: Remove the invisible or control characters."),
        ("Ada,N1,,2026-03-01,,", "country: it is missing"),
        ("Ada,N1,UK,2026-03-01,,", CODE),
        ("Ada,N1,GB,,,", "signed_on: it is missing"),
        ("Ada,N1,GB,1.3.2026,,", DAY),
        ("Ada,N1,GB,1899-12-31,,", DAY),
        ("Ada,N1,GB,2026-03-01,,nobody", ADDRESS),
        ("Ada,N1,GB,2026-03-01,a,b,c", f"it has more cells than there are columns; {ADDRESS}"),
        ("Ada", "country: it is missing; signed_on: it is missing"),
        ("=cmd|' /C calc'!A0,N1,G,2026-03-01,,", CODE),
    ],
)
def test_a_line_that_is_wrong_says_why_and_repeats_nobodys_data(line: str, reason: str) -> None:
    assert reasons(line, person("Bo")) == [(2, reason)]


def test_a_line_that_runs_on_says_so_and_swallows_nobody_in_silence() -> None:
    found = reasons('Ada,N1,GB,2026-03-01,"Please', person("Bo"), 'Cy,N1,GB,2026-03-01,Now",,,')
    assert [number for number, _ in found] == [2]
    assert found[0][1] == (
        "it seems to hold other lines; it goes on to line 4, so a quotation mark may be missing"
    )
    assert len(read('Ada,N1,GB,2026-03-01,"Since 2026-03-01,\nplease: buses, trams",')) == 1


def test_a_refused_line_keeps_every_cell() -> None:
    (found,) = read(
        "x@y,GB,Ada,more,more still", head="email,country,name,signed_on,comment,postcode\n"
    )
    assert isinstance(found, Refused)
    assert dict(zip(COLUMNS, found.cells, strict=False))["name"] == "Ada"
    (found,) = read("Ada,N1,,2026-03-01,a,b@example.org,more,and more")
    assert isinstance(found, Refused)
    assert found.cells == ("Ada", "N1", "", "2026-03-01", "a", "b@example.org", "more", "and more")


def test_refused_lines_come_back_corrected_with_the_columns_that_we_added() -> None:
    head = "line,reason," + HEAD
    assert read(f"9,country: it is missing,{person()}", head=head) == [ADA]


@time_machine.travel("2026-05-01T11:00:00Z", tick=False)
def test_a_day_to_come_is_refused_but_not_where_it_is_tomorrow_already() -> None:
    assert reasons(*(f"Ada,,GB,2026-05-0{day},," for day in (1, 2, 3))) == [
        (4, "signed_on: that day is yet to come")
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "has no column name, postcode, country, signed_on, comment in its first line"),
        (b"\n" + table(person()), "has no column name"),
        (b"name;country\n", "has no column postcode, signed_on, comment"),
        (table(head=HEAD.replace("email", "name")), "names a column twice"),
        (table(head=HEAD.replace("email", "telephone")), "has a column that is none of name"),
        (table(), "has no line below"),
        (table(",,,,,", ""), "has no line below"),
        (table(person("Zoë")).decode().encode("latin-1"), "is not UTF-8: save it as"),
        (table(person()).decode().encode("utf-16"), "is not UTF-8"),
        (table(person()).decode().encode("utf-16-le"), "has no column"),
        (random.Random(1).randbytes(50_000), "is not UTF-8"),
        (b"PK\x03\x04" + bytes(2_000), "has no column"),
        (b"," * 10_000_000, "has more than 20,000 characters in line 1"),
        (table("," * 10_000_000), "has more than 20,000 characters in line 2"),
        (table("x" * 20_001), "has more than 20,000 characters in line 2"),
        (table('"' + "x\n" * 100_000), "cannot be read from line 2 on"),
        (table("Ada", '"Bo"x'), "cannot be read from line 3 on"),
        (table("Ada", '"' + "x\n" * 41 + '"'), "cannot be read from line 3 on"),
        (b"x" * (MAX_BYTES + 1), "is larger than 30,000,000 bytes"),
        (HEAD.encode() + b"\n" * 300_001, "has more than 300,000 lines"),
    ],
    ids=lambda given: None if isinstance(given, str) else f"{given[:12]!r}",
)  # fmt: skip
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(raw: bytes, reason: str) -> None:
    assert reason in unusable(raw)


def test_what_is_behind_a_bad_letter_far_down_is_not_half_read() -> None:
    raw = table(*(person(f"Person {chr(97 + n % 26)}") for n in range(5_000))) + b"\xff"
    assert "is not UTF-8" in unusable(raw)


def test_ten_megabytes_of_commas_in_lines_are_read_in_little_memory() -> None:
    raw = HEAD.encode() + (b",," * 20 + b"\n") * 240_000
    tracemalloc.start()
    try:
        assert "has no line below" in unusable(raw)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_do_more_than_be_refused(raw: bytes, headed: bool) -> None:
    try:
        found: list[object] = list(read_lines((HEAD.encode() if headed else b"") + raw))
    except Invalid as invalid:
        found = list(invalid.fields)
    assert found


_CELL = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.tuples(*[_CELL] * 6), min_size=1, max_size=8))
def test_every_line_that_holds_anything_is_accounted_for(cells: list[tuple[str, ...]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(cells)
    holding = sum(any(cell.strip() for cell in row) for row in cells)
    try:
        assert len(list(read_lines(out.getvalue().encode()))) == holding
    except Invalid:
        assert not holding
