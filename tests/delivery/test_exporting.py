"""Exporting: the right rows, exactly, and nothing that a spreadsheet would run."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from campaign.delivery import exporting
from campaign.delivery.errors import CannotWrite
from campaign.delivery.exporting import COLUMNS, Format, export_signatures, write_xlsx
from campaign.delivery.spreadsheets import cleaned
from campaign.errors import NotFound
from tests.delivery.making import SLUG, change, csv_table, petition, sign, xlsx_table

NAMES = [
    "O'Brien",
    "Zoë",
    "李",
    "Nguyễn",
    "العربية",
    "עברית",
    "क्षितिज",
    "می‌خواهی",
    "Þóra Ægisdóttir",
    "𠮷野家 👩‍👩‍👧",
    'Ann "the quiet" Lee',
    "Lee, Ann",
    "Lee; Ann",
    "_x0041_ & <b>",
]


def export(folder: Path, form: Format) -> bytes:
    path = folder / f"out.{form}"
    export_signatures(SLUG, form, path)
    return path.read_bytes()


def tables(folder: Path) -> list[list[str]]:
    """The rows, which must be the same in both forms."""
    table = csv_table(export(folder, "csv"))
    assert table == xlsx_table(export(folder, "xlsx"))
    return table


def test_names_of_every_script_come_out_exactly(app: Flask, tmp_path: Path) -> None:
    petition()
    for name in NAMES:
        sign(name)
    assert [row[1] for row in tables(tmp_path)[1:]] == NAMES


def test_columns_and_order(app: Flask, tmp_path: Path) -> None:
    petition()
    late, early = sign("Late", "Second.\nReally."), sign("Early", postcode="")
    change("UPDATE signature SET confirmed_at = now() - interval '1 day' WHERE id = :i", i=early)
    change("UPDATE signature SET confirmed_at = now() WHERE id = :i", i=late)
    assert tables(tmp_path) == [
        list(COLUMNS),
        ["1", "Early", "", "GB", "2026-03-01", ""],
        ["2", "Late", "N1 9GU", "GB", "2026-03-01", "Second.\nReally."],
    ]


def test_only_confirmed_signatures_of_this_campaign(app: Flask, tmp_path: Path) -> None:
    petition()
    petition("other")
    sign("Yes")
    sign("Elsewhere", slug="other")
    for state in ("pending", "withdrawn", "excluded", "erased"):
        sign("No", state=state)
    assert [row[1] for row in tables(tmp_path)[1:]] == ["Yes"]


def test_csv_is_utf8_with_bom_and_ends_rows_with_crlf(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("Zoë", "one\ntwo, \r three")
    assert export(tmp_path, "csv") == (
        b"\xef\xbb\xbfnumber,name,postcode,country,signed_on,comment\r\n"
        + '1,Zoë,N1 9GU,GB,2026-03-01,"one\ntwo, \r three"\r\n'.encode()
    )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_campaign_without_signatures_has_headings(
    app: Flask, tmp_path: Path, form: Format
) -> None:
    petition()
    read = {"csv": csv_table, "xlsx": xlsx_table}[form]
    assert read(export(tmp_path, form)) == [list(COLUMNS)]


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "   \t =1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u00a0=1+1",
    "\u200f=1+1",
    "\x01=1+1",
    "\ufffe=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1+1",
    "−1+1",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_cell_that_would_be_run_is_made_inert(app: Flask, tmp_path: Path, hostile: str) -> None:
    petition()
    sign(hostile, hostile, postcode=hostile)
    _, name, postcode, _, _, comment = tables(tmp_path)[1]
    assert name == postcode == comment
    assert name.startswith("'")
    assert name[1:].lstrip("\x01\ufffe'") == hostile.lstrip("\x01\ufffe") or "'=" in name


@pytest.mark.parametrize(
    ("comment", "exported"),
    [
        ("x;=1+1", "x;'=1+1"),
        ('x; "=1+1"', 'x; "\'=1+1"'),
        ("x\n=1+1", "x\n'=1+1"),
        ("x\r\n@a", "x\r\n'@a"),
        ("x\t+1", "x\t'+1"),
        ("x;\x02-1", "x;'-1"),
        ("x;＝1", "x;'＝1"),
        ("fine ;-) a-b; c=d", "fine ;-) a-b; c=d"),
        ("O'Brien – 'quoted'", "O'Brien – 'quoted'"),
    ],
)
def test_a_semicolon_or_line_break_does_not_start_a_formula(
    app: Flask, tmp_path: Path, comment: str, exported: str
) -> None:
    petition()
    sign(comment=comment)
    assert tables(tmp_path)[1][5] == exported


def test_what_xml_cannot_carry_is_left_out(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("A\x01\x0b\x1f\x7f\uffff\ufffeB", "x" * 40_000)
    row = tables(tmp_path)[1]
    assert (row[1], row[5]) == ("AB", "x" * exporting.CELL_LENGTH)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5))
def test_cleaning_keeps_every_other_character(cells: list[str]) -> None:
    line = ",".join(cells).encode()
    assert cleaned(line).replace(b"'", b"") == re.sub(
        rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f']|\xef\xbf[\xbe\xbf]", b"", line
    )


def test_a_workbook_has_neither_formula_nor_link(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("=1+1", "https://example.org mailto:a@example.org")
    with zipfile.ZipFile(io.BytesIO(export(tmp_path, "xlsx"))) as book:
        parts = b"".join(book.read(name) for name in book.namelist())
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in parts
    assert b"<hyperlink" not in parts
    assert b"relationships/hyperlink" not in parts
    cells = re.findall(rb"<c [^>]*>", sheet)
    assert len(cells) == 12
    assert all(b't="inlineStr"' in cell for cell in cells)


def test_more_rows_than_a_sheet_holds_fill_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SHEET_ROWS", 2)
    lines = "".join(f"{n},Zoë,,GB,2026-03-01,\r\n" for n in range(1, 6))
    write_xlsx(io.BytesIO(exporting.HEADER + lines.encode()), 5, tmp_path / "book.xlsx")
    data = (tmp_path / "book.xlsx").read_bytes()
    assert [row[0] for row in xlsx_table(data)] == ["number", "1", "2", "3", "4", "5"]
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert sum(name.startswith("xl/worksheets/sheet") for name in book.namelist()) == 3


def test_an_export_replaces_what_was_there_and_is_private(app: Flask, tmp_path: Path) -> None:
    petition()
    path = tmp_path / "out.csv"
    path.write_text("older")
    export_signatures(SLUG, "csv", path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfnumber")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_that_cannot_be_written_leaves_the_older_one(app: Flask, tmp_path: Path) -> None:
    petition()
    with pytest.raises(CannotWrite, match="the folder does not exist"):
        export_signatures(SLUG, "csv", tmp_path / "no" / "out.csv")
    with pytest.raises(CannotWrite, match="it is a folder"):
        export_signatures(SLUG, "csv", tmp_path)
    path = tmp_path / "out.csv"
    path.write_text("older")
    with pytest.raises(NotFound, match="there is no campaign 'nope'"):
        export_signatures("nope", "csv", path)
    assert path.read_text() == "older"
    assert os.listdir(tmp_path) == ["out.csv"]
