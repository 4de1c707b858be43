"""Signatures as CSV and XLSX: any number of them in the same small memory."""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import os
import re
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal, cast

from rustpy_xlsxwriter import FastExcel

from campaign.accounts.audit import SYSTEM, Actor, record_alone
from campaign.delivery.errors import CannotWrite
from campaign.delivery.files import replaced, writing
from campaign.delivery.session import Session, copied, session, subject
from campaign.delivery.spreadsheets import cleaned, inert
from campaign.errors import NotFound

COLUMNS = ("number", "name", "postcode", "country", "signed_on", "comment")
SHEET_ROWS = 1_048_575  # What Excel can hold, less the row of headings.
CELL_LENGTH = 32_000  # Excel refuses a file with more than 32,767 characters in a cell.
WIDTHS = dict(zip(COLUMNS, (10.0, 32.0, 12.0, 9.0, 12.0, 60.0), strict=True))
_LOOK_LIKE_NUMBERS = ("number", "id", "postcode", "consent_version", "text_version")
_BATCH = 1_000

Format = Literal["csv", "xlsx"]
Advance = Callable[[int], None]


def _unseen(rows: int) -> None:
    pass


def header(columns: Sequence[str]) -> bytes:
    """How a table with these columns begins: the mark of UTF-8, and the headings."""
    return b"\xef\xbb\xbf" + ",".join(columns).encode() + b"\r\n"


HEADER = header(COLUMNS)


def cells(number: str, signed_on: str = "s.created_at::date") -> str:
    """SQL of the columns for the signature `s`; some are given as SQL."""
    texts = ("s.name", "s.postcode", "s.country")
    comment = inert(f"left(s.comment, {CELL_LENGTH})")
    return ", ".join((number, *map(inert, texts), signed_on, comment))


_CONFIRMED = f"""
SELECT {cells("row_number() OVER (ORDER BY s.confirmed_at, s.id)")}
FROM signature s WHERE s.campaign_id = %(campaign_id)s AND s.state = 'confirmed'
    AND s.anonymised_at IS NULL
ORDER BY s.confirmed_at, s.id
"""


def export_signatures(
    slug: str, form: Format, out: Path | BinaryIO, *, actor: Actor = SYSTEM
) -> int:
    """Write the confirmed signatures of the campaign `slug`, in the order of confirmation.

    `number` is a running number. A path is replaced when all is written; the standard output,
    or another stream, gets CSV.
    Returns the number of signatures. Raises NotFound, CannotWrite, DatabaseFailed.
    """
    with session() as pg:
        campaign = subject(pg, slug)
        if campaign is None:
            raise NotFound(f"there is no campaign {slug!r}")
        values = {"campaign_id": campaign.id}
        # Before the first row is out, so that none is taken out unrecorded.
        record_alone(actor, "signatures exported", f"campaign:{slug}", {"format": form})
        if not isinstance(out, Path):
            with writing(Path("the standard output")):
                total = write_csv(pg, _CONFIRMED, values, out)
                out.flush()
                return total
        with replaced(out) as draft:
            if form == "csv":
                with draft.open("wb") as file:
                    return write_csv(pg, _CONFIRMED, values, file)
            with tempfile.TemporaryFile(dir=draft.parent) as table:
                total = write_csv(pg, _CONFIRMED, values, cast("BinaryIO", table))
                write_xlsx(cast("BinaryIO", table), total, draft)
                return total


def write_csv(
    pg: Session,
    query: str,
    values: Mapping[str, object],
    file: BinaryIO,
    advance: Advance = _unseen,
) -> int:
    """Write the rows of `query` as UTF-8 with BOM, RFC 4180. Returns how many there are.

    `advance` is told of rows that are written.
    """
    file.write(HEADER)
    return write_rows(pg, query, values, file, advance)


def write_rows(
    pg: Session,
    query: str,
    values: Mapping[str, object],
    file: BinaryIO,
    advance: Advance = _unseen,
) -> int:
    """The same without the headings, for what is written in parts."""
    # Nothing is NULL here; naming a NULL that cannot occur leaves empty cells without quotes.
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '\\N', ENCODING 'UTF8')"
    total = 0
    messages = copied(pg, statement, values)
    with contextlib.closing(messages):
        # PostgreSQL sends one message a row, ending LF, and its text never holds a NUL: joined
        # by NUL, the ends of rows can be told from line breaks inside cells.
        while rows := list(islice(messages, _BATCH)):
            joined = b"\0".join((*rows, b"")).replace(b"\n\0", b"\r\n")
            file.write(cleaned(joined))
            total += len(rows)
            advance(len(rows))
    return total


def read_csv(file: BinaryIO, columns: Sequence[str] = COLUMNS) -> Generator[list[str], None, None]:
    """The rows after the heading of what `write_csv` wrote. Leaves `file` open."""
    file.seek(len(header(columns)))
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        yield from csv.reader(text)
    finally:
        text.detach()


def write_xlsx(
    table: BinaryIO,
    total: int,
    path: Path,
    widths: Mapping[str, float] = WIDTHS,
    advance: Advance = _unseen,
) -> None:
    """Write a workbook with the `total` rows of a CSV file, so that both hold the same.

    `widths` are those of its columns, by name, in order. Cells are text: no formula, no link. As
    many sheets as it takes. `advance` is told of rows that are written. Raises CannotWrite.
    """
    book = FastExcel(str(path), output_format="xlsx").format(bold_headers=True).freeze(row=1)
    columns = tuple(widths)
    with contextlib.closing(read_csv(table, columns)) as found, _saving(path):
        # The headings come from the first row, so an empty table needs one, which leaves no cell.
        rows = found if total else iter([[""] * len(columns)])
        records = (dict(zip(columns, row, strict=True)) for row in _told(rows, advance))
        for sheet in range(max(1, -(-total // SHEET_ROWS))):
            book.sheet(
                f"Signatures {sheet + 1}" if sheet else "Signatures",
                islice(records, SHEET_ROWS),
                column_widths=dict(widths),
                # Text that looks like a number is meant; no green triangles, please.
                ignore_errors=[name for name in columns if name in _LOOK_LIKE_NUMBERS],
            )
        book.save()


def _told(rows: Iterator[list[str]], advance: Advance) -> Iterator[list[str]]:
    while some := list(islice(rows, _BATCH)):
        yield from some
        advance(len(some))


@contextlib.contextmanager
def _saving(path: Path) -> Iterator[None]:
    """What the file system refuses the writer, which tells it in words, as errors of Python's."""
    try:
        yield
    except BaseException as error:
        # The writer panics when its temporary files find no room; its class has no import path.
        panics = type(error).__name__ == "PanicException"
        told = re.search(r"\(os error (\d+)\)", str(error))
        if not told and not panics:
            raise
        number = int(told[1]) if told else errno.ENOSPC
        refused = OSError(number, os.strerror(number))
        if panics or "emporary file" in str(error):
            reason = f"its temporary files in {tempfile.gettempdir()}: {refused.strerror}"
            raise CannotWrite(f"cannot write {path.name}: {reason}") from refused
        raise refused from error
