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

from campaign.delivery import exporting
from campaign.delivery.errors import CannotWrite
from campaign.delivery.exporting import COLUMNS, Format, export_signatures, write_xlsx
from campaign.errors import NotFound
from tests.delivery.making import (
    SLUG,
    change,
    csv_table,
    exported,
    petition,
    sign,
    tables,
    xlsx_table,
)

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
    assert exported(tmp_path, "csv") == (
        b"\xef\xbb\xbfnumber,name,postcode,country,signed_on,comment\r\n"
        + '1,Zoë,N1 9GU,GB,2026-03-01,"one\ntwo, \r three"\r\n'.encode()
    )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_campaign_without_signatures_has_headings(
    app: Flask, tmp_path: Path, form: Format
) -> None:
    petition()
    read = {"csv": csv_table, "xlsx": xlsx_table}[form]
    assert read(exported(tmp_path, form)) == [list(COLUMNS)]


def test_a_workbook_has_neither_formula_nor_link(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("=1+1", "https://example.org mailto:a@example.org")
    with zipfile.ZipFile(io.BytesIO(exported(tmp_path, "xlsx"))) as book:
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
