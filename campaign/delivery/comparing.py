"""Naming what was changed: the rows of a changed table beside those of an intact one."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import BinaryIO

from campaign.delivery import archive, workbooks
from campaign.delivery.archive import Entry
from campaign.delivery.errors import BadPackage
from campaign.delivery.exporting import COLUMNS
from campaign.delivery.sealing import Sealed

CSV, XLSX = "signatures.csv", "signatures.xlsx"
_MOST_ROWS = 5
_LONGEST_LINE = 1 << 20
Row = list[str]


def explain(
    file: BinaryIO, found: Mapping[str, Entry], sealed: Sealed, wrong: Collection[str]
) -> list[str]:
    """For each table in `wrong`, which rows of it are not as sealed, as far as can be told."""
    lines = []
    for name, other in ((CSV, XLSX), (XLSX, CSV)):
        if name not in wrong:
            continue
        limit = 2 * sealed.files[name].size + (1 << 20)
        try:
            if other in found and other not in wrong:
                expected = _rows(file, found[other], sealed.files[other].size)
                suspect = _rows(file, found[name], limit)
                lines += [f"{name}: {line}" for line in differences(expected, suspect)]
            else:
                lines += _miscounted(name, _rows(file, found[name], limit), sealed.count)
        except BadPackage as problem:
            lines.append(f"{name}: {problem}")
    return lines


def differences(expected: Iterable[Row], suspect: Iterable[Row]) -> list[str]:
    """How the rows of `suspect` differ from those expected: a line for each of the first few.

    Both are in the order of their numbers, as packages are.
    """
    found = list(islice(_differences(iter(expected), iter(suspect)), _MOST_ROWS + 1))
    return found[:_MOST_ROWS] + (["and more"] if len(found) > _MOST_ROWS else [])


def _differences(expected: Iterator[Row], suspect: Iterator[Row]) -> Iterator[str]:
    wanted = next(expected, None)
    for row in suspect:
        number = _number(row)
        if number is None:
            yield f"a row without a number, with {len(row)} cells, was added"
            continue
        while wanted is not None and int(wanted[0]) < number:
            yield f"number {wanted[0]} is missing"
            wanted = next(expected, None)
        if wanted is None or int(wanted[0]) > number:
            yield f"number {number} was added, or is not in its place"
            continue
        if row != wanted:
            yield f"number {number} was changed: {_columns(wanted, row)}"
        wanted = next(expected, None)
    while wanted is not None:
        yield f"number {wanted[0]} is missing"
        wanted = next(expected, None)


def _number(row: Row) -> int | None:
    text = row[0] if row else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _columns(wanted: Row, row: Row) -> str:
    if len(row) != len(COLUMNS):
        return f"it has {len(row)} cells"
    pairs = zip(COLUMNS, wanted, row, strict=True)
    return ", ".join(column for column, before, now in pairs if before != now)


def _miscounted(name: str, rows: Iterable[Row], sealed: int) -> list[str]:
    count = sum(1 for _ in rows)
    return [] if count == sealed else [f"{name}: it has {count} rows, {sealed} were sealed"]


def _rows(file: BinaryIO, entry: Entry, limit: int) -> Iterator[Row]:
    chunks = archive.content(file, entry, limit)
    if entry.name == XLSX:
        return workbooks.rows(chunks)
    return _csv_rows(chunks)


def _csv_rows(chunks: Iterator[bytes]) -> Iterator[Row]:
    """The rows of a CSV file, which may be anything. Raises BadPackage."""
    rows = csv.reader(_lines(chunks))
    try:
        if next(rows, None) != list(COLUMNS):
            raise BadPackage("its first row is not the one with the headings")
        yield from rows
    except csv.Error:
        raise BadPackage("it cannot be read as CSV") from None


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    rest = ""
    for chunk in chunks:
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        if len(rest) > _LONGEST_LINE:
            raise BadPackage("a line of it is longer than any that was sealed")
        yield from (line + "\n" for line in lines)
    if rest:
        yield rest
