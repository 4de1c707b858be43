"""Reading a table of signatures on paper (CSV): each line passes every rule or has its reason."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from campaign.days import read_day
from campaign.errors import Invalid
from campaign.mail.addresses import clean_address
from campaign.signatures.addresses import canonical_address
from campaign.signatures.pledge import clean_comment, clean_country, clean_name, clean_postcode

NEEDED = ("name", "postcode", "country", "signed_on", "comment")
COLUMNS = (*NEEDED, "email")
# What we add to the table of refused lines, which may come back corrected.
ADDED = ("line", "reason")
MAX_BYTES = 30_000_000
MAX_LINES = 300_000
MAX_LINE = 20_000
# A cell that goes on for longer has lost a quotation mark, and would swallow people.
MAX_BREAKS = 40
# A day between cells, as every line has one: where a cell of several lines holds that, it most
# likely holds other people.
_OTHERS = re.compile(r"""(?:^|[,;"\r])\s*\d{4}-\d{2}-\d{2}\s*(?:[,;"\r]|$)""", re.MULTILINE)
# When it is still today in the west, it is tomorrow in the east.
_EAST = dt.timedelta(hours=14)


@dataclass(frozen=True)
class Line:
    """One person's signature on paper. `number` is that of its first line, the heading being 1."""

    number: int
    name: str
    postcode: str
    country: str
    signed_on: dt.date
    comment: str
    email: str

    @property
    def canonical(self) -> str | None:
        return canonical_address(self.email) if self.email else None


@dataclass(frozen=True)
class Refused:
    """A line that is not taken, why, and its cells in the order of COLUMNS, more behind them."""

    number: int
    reason: str
    cells: tuple[str, ...]


def read_lines(raw: bytes) -> Iterator[Line | Refused]:
    """Every line of a CSV file (RFC 4180, UTF-8) that is not empty, in its order.

    The first line names the columns: NEEDED and, if wanted, email, in any order, with commas or
    semicolons between them. Raises Invalid, on the field `table`, when the file is no such table,
    also in its midst: until the last line came, nothing may be made of those before it.
    """
    if len(raw) > MAX_BYTES:
        raise _no_table(f"is larger than {MAX_BYTES:,} bytes; split it into several")
    rows = _rows(raw)
    _, _, heading = next(rows, (1, 1, []))
    columns = _columns(heading)
    found = False
    for number, last, cells in rows:
        if any(cell.strip() for cell in cells):
            found = True
            yield _line(number, last, columns, cells)
    if not found:
        raise _no_table("has no line below the one that names its columns")


def _columns(heading: list[str]) -> list[str]:
    columns = [name.strip().lower() for name in heading]
    while columns and not columns[-1]:
        columns.pop()  # Spreadsheets write cells that only look empty.
    if missing := [name for name in NEEDED if name not in columns]:
        raise _no_table(f"has no column {', '.join(missing)} in its first line")
    if len(set(columns)) < len(columns):
        raise _no_table("names a column twice in its first line")
    if unknown := sum(name not in (*COLUMNS, *ADDED) for name in columns):
        what = "a column that is" if unknown == 1 else f"{unknown} columns that are"
        raise _no_table(f"has {what} none of {', '.join(COLUMNS)}: take that out")
    return columns


def _line(number: int, last: int, columns: list[str], cells: list[str]) -> Line | Refused:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    given = dict.fromkeys(COLUMNS, "") | dict(zip(columns, cells, strict=False))
    wrong = ["it has more cells than there are columns"] if len(cells) > len(columns) else []
    if any(len(one.splitlines()) > 1 and _OTHERS.search(one) for one in cells):
        wrong.append("it seems to hold other lines")
    values: dict[str, Any] = {}
    for name, rule in _RULES.items():
        try:
            values[name] = rule(given[name])
        except ValueError as error:
            wrong.append(f"{name}: {error}")
    if not wrong:
        return Line(number, **values)
    if last > number:
        wrong.append(f"it goes on to line {last:,}, so a quotation mark may be missing")
    kept = (*(given[name] for name in COLUMNS), *cells[len(columns) :])
    return Refused(number, "; ".join(wrong), kept)


def _rows(raw: bytes) -> Iterator[tuple[int, int, list[str]]]:
    """The cells of each row, with the numbers of its first and last line."""
    head = raw[:MAX_LINE].partition(b"\n")[0]
    # Spreadsheets of half the world write semicolons.
    mark = ";" if head.count(b";") > head.count(b",") else ","
    # Strict, because a quotation mark in the wrong place makes one person of several.
    reader = csv.reader(_text(raw), delimiter=mark, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            what = "a quotation mark is missing, or is where none may be"
            raise _no_table(f"cannot be read from line {first:,} on: {what}") from None
        if reader.line_num - first > MAX_BREAKS:
            what = f"a cell goes on for more than {MAX_BREAKS} lines"
            raise _no_table(f"cannot be read from line {first:,} on: {what}")
        yield first, reader.line_num, cells


def _text(raw: bytes) -> Iterator[str]:
    lines = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="")
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_LINE:
                raise _no_table(f"has more than {MAX_LINE:,} characters in line {number:,}")
            if number > MAX_LINES:
                raise _no_table(f"has more than {MAX_LINES:,} lines; split it into several")
            yield line
    except UnicodeDecodeError:
        what = "not UTF-8: save it as “CSV UTF-8”"
        raise _no_table(f"is {what}") from None


def _no_table(reason: str) -> Invalid:
    return Invalid({"table": reason})


def _needed(rule: Callable[[str], Any]) -> Callable[[str], Any]:
    def checked(text: str) -> Any:
        if not text.strip():
            raise ValueError("it is missing")
        return rule(text)

    return checked


def _country(text: str) -> str:
    try:
        return clean_country(text.strip().upper())
    except ValueError:
        raise ValueError("it must be a code of two letters like GB") from None


def _signed_on(text: str) -> dt.date:
    try:
        day = read_day(text)
    except ValueError:
        raise ValueError("it must be a day since 1900 as year-month-day, like 2026-03-01") from None
    if day > (dt.datetime.now(dt.UTC) + _EAST).date():
        raise ValueError("that day is yet to come")
    return day


_RULES: dict[str, Callable[[str], Any]] = {
    "name": _needed(clean_name),
    "postcode": clean_postcode,
    "country": _needed(_country),
    "signed_on": _needed(_signed_on),
    "comment": clean_comment,
    "email": lambda text: clean_address(text) if text.strip() else "",
}
