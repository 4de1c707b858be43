"""Typeset one document: a job comes in on standard input, the PDF goes out on standard output.

It runs in a process of its own, whose memory is free again when it ends, and which nothing can
take its parent down with. When the parent is gone, so is this: the parent keeps the writing end of
standard input open for as long as it wants the document.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import unicodedata
from pathlib import Path
from typing import Any, NoReturn

import typst

from campaign.delivery.typesetting.fonts import covered, folders

# PDF/UA-1 refuses glyphs that no font has. Should a sequence of characters have none although each
# of them has, a box in its place is better than no document.
_STANDARDS: tuple[Any, ...] = (["ua-1"], [])
# A point of the page is a pixel of a picture.
_PIXELS_PER_INCH = 72
# Latin and its punctuation, for which no font need be asked.
_USUAL = re.compile("[ -~\xa0-\u024f\u2010-\u2027]*")


def typeset(job: dict[str, Any]) -> bytes:
    """The PDF, or the picture. Raises typst.TypstError."""
    places = folders()
    fonts = typst.Fonts(False, False, [str(place) for place in places])
    data = job["data"]
    if not _USUAL.fullmatch(data):
        data = shown(data, covered(places))
    for standards in _STANDARDS:
        try:
            return typst.compile(
                Path(job["source"]),
                root=job["root"],
                font_paths=fonts,
                ignore_system_fonts=True,
                format=job["format"],
                ppi=_PIXELS_PER_INCH,
                sys_inputs={"data": data},
                timestamp=job["timestamp"],
                pdf_standards=standards,
            )
        except typst.TypstError:
            if standards is _STANDARDS[-1]:
                raise
    raise AssertionError


def shown(data: str, has_glyph: bytearray) -> str:
    """The JSON `data`, with the number of each character that no font has in its place."""
    lacking = [c for c in set(data) if not has_glyph[ord(c)] and c >= " "]
    return data.translate({ord(c): _number(c) for c in lacking}) if lacking else data


def _number(character: str) -> str:
    # What is invisible anyway need not be seen.
    kind = unicodedata.category(character)
    if kind in ("Cc", "Cf") or 0xFE00 <= ord(character) <= 0xFE0F or character >= "\U000e0000":
        return ""
    return f"\u200b[U+{ord(character):04X}]"


def end_with_parent() -> None:
    """End at once when the other end of standard input is closed."""
    os.read(0, 1)
    os._exit(1)


def main() -> NoReturn:
    """Read the job, write the PDF. Exit status 1 and a line on standard error for what fails."""
    job = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=end_with_parent, daemon=True).start()
    status = 0
    try:
        sys.stdout.buffer.write(typeset(job))
        sys.stdout.buffer.flush()
    except OSError as error:
        status = _refuse(error.strerror or str(error))
    except typst.TypstError as error:
        status = _refuse(error.message)
    # Without waiting for the thread, which waits for the parent.
    os._exit(status)


def _refuse(reason: str) -> int:
    # A message quotes in backticks what could not be typeset: names and comments of people.
    os.write(2, re.sub("`.*`", "…", reason.partition("\n")[0]).encode())
    return 1


if __name__ == "__main__":
    main()
