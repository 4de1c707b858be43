"""Rounds: every contender in turn, again and again, so that a busy minute hits all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import TypeVar

Name = TypeVar("Name")
Measured = TypeVar("Measured")
Row = tuple[str, ...]


def in_turn(
    rounds: int, contenders: Mapping[Name, Callable[[], Measured]]
) -> dict[Name, list[Measured]]:
    """Measure each contender once a round. Returns what each gave, round by round.

    Every other round runs backwards, so that nobody always follows the same neighbour.
    """
    found: dict[Name, list[Measured]] = {name: [] for name in contenders}
    for number in range(rounds):
        names = list(contenders)[:: -1 if number % 2 else 1]
        for name in names:
            found[name].append(contenders[name]())
    return found


def middle(values: list[float]) -> float:
    """The median."""
    return float(median(values))


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the ratios of each round."""
    return middle([our / their for our, their in zip(ours, theirs, strict=True)])


def table(title: str, heads: Row, rows: Sequence[Row], note: str = "") -> str:
    """A section of Markdown: heading, table, and what a reader must know of it."""
    lines = [f"### {title}", ""]
    lines += [
        "| " + " | ".join(row) + " |" for row in (heads, ("---",) + ("---:",) * (len(heads) - 1))
    ]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([*lines, "", note, ""] if note else [*lines, ""])
