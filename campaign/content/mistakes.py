"""The mistakes found in content files, collected so that they can be told all at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from campaign.errors import ContentError

SHOWN = 40


class Mistakes:
    """What is wrong with one file, in the order of its lines."""

    def __init__(self, path: Path) -> None:
        self._file = "".join(c if c.isprintable() else "\ufffd" for c in str(path))
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, what: str) -> None:
        """Note `what` is wrong on `line`, counted from 1; line 0 is the file as a whole."""
        self._found.append((line, what))

    def lines(self) -> list[str]:
        """Each mistake as `FILE:LINE: what`, or `FILE: what` where no line can be read."""
        in_order = sorted(self._found, key=lambda found: found[0])
        return [
            f"{self._file}:{line}: {what}" if line else f"{self._file}: {what}"
            for line, what in in_order
        ]


def refuse(files: Iterable[Mistakes]) -> None:
    """Raise ContentError with the mistakes of all `files`, if there are any."""
    found = [line for mistakes in files for line in mistakes.lines()]
    if found:
        raise ContentError(found)


def quoted(text: str) -> str:
    """The text as a message shows it: in quotes, on one line, shortened, nothing invisible."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")
