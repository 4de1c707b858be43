"""Naming what was changed: the rows of a changed table beside those of an intact one."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import BinaryIO

from campaign.delivery import archive, merkle, workbooks
from campaign.delivery.archive import Entry
from campaign.delivery.errors import BadPackage
from campaign.delivery.exporting import COLUMNS
from campaign.delivery.leaves import SALTS
from campaign.delivery.merkle import SALT_BYTES
from campaign.delivery.sealing import Sealed

CSV, XLSX = "signatures.csv", "signatures.xlsx"
_MOST_ROWS = 5
_LONGEST_LINE = 1 << 20
Row = list[str]


def explain(
    file: BinaryIO,
    found: Mapping[str, Entry],
    sealed: Sealed,
    wrong: Collection[str],
    damaged: Collection[str],
) -> list[str]:
    """For each table in `wrong`, which rows of it are not as sealed, as far as can be told.

    `damaged` are those that cannot be read to their end.
    """
    lines = []
    for name, other in ((CSV, XLSX), (XLSX, CSV)):
        if name not in wrong or name in damaged:
            continue
        limit = _limit(sealed, name)
        try:
            if other in found and other in sealed.files and other not in wrong:
                expected = _rows(file, found[other], sealed.files[other].size)
                suspect = _rows(file, found[name], limit)
                lines += [f"{name}: {line}" for line in differences(expected, suspect)]
            else:
                lines += _miscounted(name, _rows(file, found[name], limit), sealed.count)
        except BadPackage as problem:
            lines.append(f"{name}: {problem}")
    return lines


def leads_to(file: BinaryIO, found: Mapping[str, Entry], sealed: Sealed) -> bool:
    """Whether the rows of the CSV file lead, with the salts, to the sealed root.

    Raises BadPackage when they cannot be read.
    """
    rows = _rows(file, found[CSV], _limit(sealed, CSV))
    salts = _salts(archive.content(file, found[SALTS], _limit(sealed, SALTS)))
    try:
        leaves = (merkle.leaf(salt, row) for row, salt in zip(rows, salts, strict=True))
        return merkle.root_of(leaves).hex() == sealed.root
    except ValueError:
        return False


def _salts(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        rest += chunk
        whole = len(rest) - len(rest) % SALT_BYTES
        yield from (rest[at : at + SALT_BYTES] for at in range(0, whole, SALT_BYTES))
        rest = rest[whole:]
    if rest:
        yield rest


def _limit(sealed: Sealed, name: str) -> int:
    """How much of a file that was changed is read."""
    return 2 * sealed.files[name].size + (1 << 20)


def differences(expected: Iterable[Row], suspect: Iterable[Row]) -> list[str]:
    """How the rows of `suspect` differ from those expected: a line for each of the first few.

    Both are in the order of their numbers, as packages are.
    """
    lines = _differences(iter(expected), iter(suspect))
    found = list(islice(lines, _MOST_ROWS))
    more = sum(1 for _ in lines)
    return [*found, f"and {more:,} more"] if more else found


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
    # A letter that the end of the file has cut in two is a mistake, too.
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
