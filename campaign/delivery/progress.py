"""How far a compilation is, told about once a second; being told is how it learns of its end."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 1.0

Tell = Callable[[str, int, int], None]


def _nobody(step: str, done: int, total: int) -> None:
    pass


class Progress:
    """Counts rows over all steps of a compilation.

    `tell` takes the step in words, the rows that are done and those that there are; what it
    raises, such as Gone, ends the compilation wherever that is.
    """

    def __init__(self, tell: Tell = _nobody) -> None:
        self.total = 0
        self._tell = tell
        self._step = ""
        self._before = self._rows = self._done = 0
        self._told = time.monotonic()

    def begin(self, step: str, rows: int) -> None:
        """Begin a step of that many rows; the one before it is done."""
        self._before += self._rows
        self._step, self._rows, self._done = step, rows, 0
        self._say()

    def advance(self, rows: int) -> None:
        """So many more rows of the step are done. To be called as often as is convenient."""
        self._done = min(self._done + rows, self._rows)
        if time.monotonic() - self._told >= SECONDS:
            self._say()

    def _say(self) -> None:
        self._told = time.monotonic()
        self._tell(self._step, self._before + self._done, self.total)
