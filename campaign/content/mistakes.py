"""The mistakes found in content files, collected so that they can be told all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from campaign.errors import ContentError

SHOWN = 40
BODY = "markdown"
EMPTY = "is empty"


class Mistakes:
    """What is wrong with one file, in the order of its lines."""

    def __init__(self, path: Path) -> None:
        self._file = "".join(c if c.isprintable() else "\ufffd" for c in str(path))
        self._found: list[tuple[int, str, str]] = []

    def add(self, line: int, what: str, field: str = "") -> None:
        """Note `what` is wrong on `line`, counted from 1; line 0 is the file as a whole.

        With a `field`, `what` follows its name.
        """
        self._found.append((line, what, field))

    def lines(self) -> list[str]:
        """Each mistake as `FILE:LINE: what`, or `FILE: what` where no line can be read."""
        in_order = sorted(self._found, key=lambda found: found[0])
        return [
            (f"{self._file}:{line}: " if line else f"{self._file}: ") + f"{field} {what}".lstrip()
            for line, what, field in in_order
        ]

    def by_field(self) -> dict[str, str]:
        """The first mistake of each field, for a form; what has none is in the text."""
        found: dict[str, str] = {}
        for line, what, field in sorted(self._found, key=lambda found: found[0]):
            if field:
                found.setdefault(re.split(r"[.\[]", field)[0], what)
            else:
                found.setdefault(BODY, f"needs correcting in line {line}: {what}")
        return found


def refuse(files: Iterable[Mistakes]) -> None:
    """Raise ContentError with the mistakes of all `files`, if there are any."""
    found = [line for mistakes in files for line in mistakes.lines()]
    if found:
        raise ContentError(found)


def quoted(text: str) -> str:
    """The text as a message shows it: in quotes, on one line, shortened, nothing invisible."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")
