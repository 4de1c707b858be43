"""How much is measured: enough to mean something, or just enough to see that it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """`rounds` of `seconds` each; `workers` processes of a kind; the rest counts people."""

    rounds: int
    seconds: float
    workers: int
    chain: int
    answers: int
    crowd: int
    packages: tuple[int, ...]
    typeset: tuple[int, int]


FULL = Scale(
    rounds=5,
    seconds=2.0,
    workers=2,
    chain=2_000,
    answers=200,
    crowd=1_000_000,
    packages=(10_000, 100_000, 1_000_000),
    typeset=(1_000, 9_000),
)
QUICK = Scale(
    rounds=1,
    seconds=0.3,
    workers=1,
    chain=20,
    answers=8,
    crowd=1_000,
    packages=(100,),
    typeset=(1, 51),
)
