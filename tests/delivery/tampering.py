"""What somebody might do to a package."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from campaign.delivery.verifying import Verdict, verify

Files = dict[str, bytes]
Tamper = Callable[[Files], None]


def check(data: bytes, folder: Path, key: str) -> Verdict:
    path = folder / "suspect.zip"
    path.write_bytes(data)
    return verify(path, {key})


def zipped(files: Files) -> bytes:
    """An archive as somebody else's program makes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def edit(name: str, change: Callable[[bytes], bytes]) -> Tamper:
    def edited(files: Files) -> None:
        before = files[name]
        files[name] = change(before)
        assert files[name] != before

    return edited


def saved_anew(change: Callable[[Worksheet], object]) -> Tamper:
    """Change a workbook with another program, which writes all of it anew."""

    def changed(data: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(data))
        change(book.active)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    return edit("signatures.xlsx", changed)


def sheets_of_nothing(data: bytes) -> bytes:
    """A workbook of few bytes with three sheets, each as large as one may be."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        head = book.read("xl/worksheets/sheet1.xml").partition(b'<row r="2"')[0]
    sheet = head + b"<a></a>" * 400_000
    return zipped({f"xl/worksheets/sheet{number}.xml": sheet for number in (1, 2, 3)})


def in_sheet(change: Callable[[bytes], bytes]) -> Tamper:
    """Change the XML of the sheet and leave the rest of the workbook alone."""

    def changed(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"])
        return zipped(parts)

    return edit("signatures.xlsx", changed)


def swap(files: Files) -> None:
    csv, xlsx = files["signatures.csv"], files["signatures.xlsx"]
    files |= {"signatures.csv": xlsx, "signatures.xlsx": csv}


def without_row(number: int) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(rb"(?ms)^%d,.*?\r\n(?=\d|\Z)" % number, b"", data)


def remove(name: str) -> Tamper:
    return lambda files: files.__delitem__(name)
