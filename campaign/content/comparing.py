"""What changed between two texts, word by word, for people to read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SAME, GONE, NEW = "same", "gone", "new"

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Comparing takes time that grows with the square of this.
_MOST_WORDS = 3_000


@dataclass(frozen=True)
class Run:
    """A stretch of text: the `same` in both, `gone` from the first or `new` in the second."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One field that is not the same."""

    name: str
    runs: list[Run]


def compare(old: str, new: str) -> list[Run]:
    """The runs that make `old` when those that are new are left out, and `new` without the gone."""
    return _joined(_compare(old.splitlines(keepends=True), new.splitlines(keepends=True)))


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """The fields of a form that are not the same in `old` and `new`, in the order of `old`."""
    pairs = [(name, shown(old[name]), shown(new.get(name, ""))) for name in old]
    return [Difference(name, compare(a, b)) for name, a, b in pairs if a != b]


def shown(value: Any) -> str:
    """A field's value as a text: its line ends are one kind, a list has a line for each."""
    text = "\n".join(value) if isinstance(value, list) else str(value)
    return text.replace("\r\n", "\n").strip()


def _compare(old: list[str], new: list[str]) -> Iterator[Run]:
    matcher = difflib.SequenceMatcher(None, old, new)
    for what, a, b, c, d in matcher.get_opcodes():
        before, after = "".join(old[a:b]), "".join(new[c:d])
        if what == "replace":
            yield from _words(before, after)
        else:
            yield from (Run(SAME, before),) if what == "equal" else _replaced(before, after)


def _words(old: str, new: str) -> Iterator[Run]:
    a, b = _WORD.findall(old), _WORD.findall(new)
    if len(a) > _MOST_WORDS or len(b) > _MOST_WORDS:
        yield from _replaced(old, new)
        return
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < 0.3:
        # Crumbs that two sentences happen to share are harder to read than the sentences.
        yield from _replaced(old, new)
        return
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield Run(SAME, "".join(a[i:j]))
        else:
            yield from _replaced("".join(a[i:j]), "".join(b[k:m]))


def _replaced(old: str, new: str) -> Iterator[Run]:
    if old:
        yield Run(GONE, old)
    if new:
        yield Run(NEW, new)


def _joined(runs: Iterator[Run]) -> list[Run]:
    """Neighbours of one kind as one."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].kind == run.kind:
            joined[-1] = Run(run.kind, joined[-1].text + run.text)
        else:
            joined.append(run)
    return joined
