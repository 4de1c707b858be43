"""What makes a cell safe to open in a spreadsheet.

A cell that starts with one of `= + - @`, a tab or a line break would be run as a formula; so
might one that starts with the full-width or small forms of those, or that hides them behind
spaces and characters nobody sees. Such a cell gets an apostrophe in front.

Where the list separator is a semicolon (much of Europe), a double click on a CSV file splits its
rows at semicolons and line breaks *inside* cells, quoted or not. So an apostrophe also goes
between one of these and what would be run, except in the smiley `;-)`.
"""

from __future__ import annotations

import re

# Code points: controls and the space, + - = @, then C1 and the no-break space, the soft hyphen,
# invisible and wide spaces, the minus sign, the small and full-width forms, non-characters.
_RISKY = (
    *range(1, 33),
    *(43, 45, 61, 64),
    *range(127, 161),
    *(173, 847, 1564, 6158, 8722),
    *range(8192, 8208),
    *range(8232, 8240),
    *range(8287, 8304),
    *(10240, 12288, 65122, 65123, 65126, 65131, 65279, 65291, 65293, 65309, 65312, 65534, 65535),
)
_RISKY_SQL = f"'{{{','.join(map(str, _RISKY))}}}'::int[]"

# Characters that XML 1.0 cannot carry, so that no spreadsheet could show them.
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")

# One pattern a separator: with a literal in front, searching costs next to nothing.
_RUN = rb'[ \t"]*(?=[=+@]|-(?!\))|\xef\xbc[\x8b\x8d\x9d\xa0])'
_INSIDE = tuple((mark, re.compile(mark + _RUN)) for mark in (b";", b"\t", b"\n", b"\r"))


def inert(column: str) -> str:
    """SQL for `column` with an apostrophe in front where a spreadsheet would run it."""
    return f"CASE WHEN ascii({column}) = ANY({_RISKY_SQL}) THEN '''' || {column} ELSE {column} END"


def cleaned(csv: bytes) -> bytes:
    """CSV rows without what no spreadsheet can show, and inert at separators inside cells."""
    csv = csv.translate(None, _CONTROLS)
    for character in _NONCHARACTERS:
        csv = csv.replace(character, b"")
    for mark, run in _INSIDE:
        if mark in csv:
            csv = run.sub(rb"\g<0>'", csv)
    return csv


def inert_text(text: str) -> str:
    """The cell `text` so that no spreadsheet runs it, for tables that are not made by COPY."""
    return f"'{text}" if text and ord(text[0]) in _RISKY else text
