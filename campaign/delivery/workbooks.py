"""Reading the rows of a workbook that `exporting` wrote, or that somebody has changed since."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

# No document type is let in, so there are no entities that could grow.
from xml.parsers import expat  # nosec B407

from campaign.delivery import archive
from campaign.delivery.errors import BadPackage
from campaign.delivery.exporting import COLUMNS

_SHEET = re.compile(r"xl/worksheets/sheet(\d{1,4})\.xml")
_ESCAPED = re.compile(r"_x([0-9A-F]{4})_")
_GROWTH = 400  # Sheets of equal rows pack about this well; more is no table of people.
_LONGEST_CELL = 100_000
_CHUNK = 1 << 16


def rows(chunks: Iterator[bytes]) -> Iterator[list[str]]:
    """The rows below the headings, sheet by sheet. Raises BadPackage for anything else."""
    with tempfile.TemporaryFile() as copy:
        file = cast("BinaryIO", copy)
        for chunk in chunks:
            file.write(chunk)
        size = file.tell()
        sheets = [
            (int(match[1]), entry)
            for entry in archive.read_directory(file)
            if (match := _SHEET.fullmatch(entry.name))
        ]
        # Of all sheets together: a thousand entries of a file may name the same bytes.
        left = size * _GROWTH
        for _, entry in sorted(sheets):
            sheet = _Sheet()
            for chunk in archive.content(file, entry, left):
                left -= len(chunk)
                yield from sheet.feed(chunk)


class _Sheet:
    """Turns the XML of a sheet into rows as it arrives."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []
        self._row = [""] * len(COLUMNS)
        self._column = -1
        self._text: list[str] | None = None
        self._heading = True
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, chunk: bytes) -> list[list[str]]:
        self._rows = []
        try:
            self._parser.Parse(chunk, False)
        except (expat.ExpatError, LookupError, ValueError):  # The latter: of an unknown encoding.
            raise BadPackage("a sheet of it cannot be read") from None
        if self._heading and self._rows:
            self._heading = False
            if self._rows.pop(0) != list(COLUMNS):
                raise BadPackage("its first row is not the one with the headings")
        return self._rows

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self._row = [""] * len(COLUMNS)
        elif tag == "c":
            if attributes.get("t") != "inlineStr":
                raise BadPackage("it was written anew by another program")
            self._column = "ABCDEF".find((attributes.get("r") or "?")[0])
            if self._column < 0:
                raise BadPackage("it has more columns than were sealed")
        elif tag == "t":
            self._text = []

    def _end(self, tag: str) -> None:
        if tag == "t" and self._text is not None:
            text = "".join(self._text)
            self._row[self._column] = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
            self._text = None
        elif tag == "row":
            self._rows.append(self._row)

    def _characters(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)
            if len(self._text) > _LONGEST_CELL or len(data) > _LONGEST_CELL:
                raise BadPackage("a cell of it is longer than any that was sealed")

    def _refuse(self, *_: Any) -> None:
        raise BadPackage("a sheet of it is not what a workbook holds")
