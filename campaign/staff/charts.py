"""The geometry of charts: numbers in, places on a plane of 1000 by 300 out.

A chart is drawn by `templates/macros/charts.html` as SVG that stretches to any width, with its
labels as text beside it, so that they stay readable on a phone. Colours are those of the page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, count

from campaign.signatures.curves import DAY, HOUR, Milestone, Point

WIDTH, HEIGHT = 1000, 300
_LABELS = 5


@dataclass(frozen=True)
class Column:
    """One column: where it stands, how high its two parts are, and what it says when pointed at."""

    x: float
    width: float
    submitted: float
    confirmed: float
    says: str


@dataclass(frozen=True)
class Columns:
    """A chart of columns. `ticks` are the labels of the height, from the top down."""

    columns: list[Column]
    ticks: list[int]
    labels: list[str]


@dataclass(frozen=True)
class Growth:
    """A chart of sums, which ends with `so_far` confirmed. `goal` and `dots` are heights and
    places, from the top left corner."""

    submitted: str
    confirmed: str
    area: str
    ticks: list[int]
    labels: list[str]
    goal: float | None
    dots: list[tuple[float, float]]
    so_far: int


def columns(points: Sequence[Point], step: dt.timedelta) -> Columns:
    """A column for each point."""
    ticks = _ticks(max((max(p.submitted, p.confirmed) for p in points), default=0))
    wide = WIDTH / max(1, len(points))
    found = [
        Column(
            x=round(number * wide, 2),
            width=round(wide, 2),
            submitted=_high(point.submitted, ticks[0]),
            confirmed=_high(point.confirmed, ticks[0]),
            says=f"{period(point.at, step)}: {point.confirmed:,} confirmed, "
            f"{point.submitted:,} submitted",
        )
        for number, point in enumerate(points)
    ]
    return Columns(found, ticks, _labels([p.at for p in points], step))


def growth(
    points: Sequence[Point],
    before: Point,
    paper: int,
    goal: int,
    milestones: Sequence[Milestone],
    step: dt.timedelta,
) -> Growth:
    """The sums after each point, with the goal where it is in sight."""
    confirmed = list(accumulate((p.confirmed for p in points), initial=before.confirmed + paper))
    submitted = list(accumulate((p.submitted for p in points), initial=before.submitted + paper))
    most = max(confirmed[-1], submitted[-1])
    in_sight = 0 < goal <= max(3 * confirmed[-1], 10)
    ticks = _ticks(max(most, goal) if in_sight else most)
    line = _line(confirmed, ticks[0])
    return Growth(
        submitted=_line(submitted, ticks[0]),
        confirmed=line,
        area=f"{line} L{WIDTH},{HEIGHT} L0,{HEIGHT} Z",
        ticks=ticks,
        labels=_labels([p.at for p in points], step),
        goal=round(HEIGHT - _high(goal, ticks[0]), 1) if in_sight else None,
        dots=_dots(points, milestones, confirmed, ticks[0], step),
        so_far=confirmed[-1],
    )


def spark(values: Sequence[int]) -> str:
    """A line of small size: the path of what came day by day."""
    return _line(values, max([*values, 1]))


def period(at: dt.datetime, step: dt.timedelta) -> str:
    """The time that begins `at`, in words."""
    if step == HOUR:
        return f"{at.astimezone(dt.UTC):%a %H:00}"
    day = f"{at.astimezone(dt.UTC).day} {at.astimezone(dt.UTC):%b %Y}"
    return day if step == DAY else f"{step // DAY} days from {day}"


def _ticks(most: int) -> list[int]:
    """Round numbers at equal distances from one that is not below `most` down to nothing."""
    steps = (lead * 10**power for power in count() for lead in (1, 2, 5))
    step = next(step for step in steps if step * 4 >= most)
    height = step * max(2, -(-most // step))
    return list(range(height, -1, -step))


def _high(value: float, top: int) -> float:
    return round(max(0.0, value) / top * HEIGHT, 1)


def _line(values: Sequence[int], top: int) -> str:
    wide = WIDTH / max(1, len(values) - 1)
    places = [f"{round(n * wide, 1)},{HEIGHT - _high(v, top)}" for n, v in enumerate(values)]
    return "M" + " L".join(places)


def _dots(
    points: Sequence[Point],
    milestones: Sequence[Milestone],
    sums: Sequence[int],
    top: int,
    step: dt.timedelta,
) -> list[tuple[float, float]]:
    wide = WIDTH / max(1, len(points))
    found = []
    for number, point in enumerate(points):
        for one in milestones:
            if one.at and point.at <= one.at < point.at + step and one.target <= sums[number + 1]:
                part = max(0.0, one.target - sums[number]) / max(1, point.confirmed)
                height = round(HEIGHT - _high(one.target, top), 1)
                found.append((round((number + part) * wide, 1), height))
    return found


def _labels(moments: Sequence[dt.datetime], step: dt.timedelta) -> list[str]:
    """A few dates, at equal distances."""
    if not moments:
        return []
    few = min(_LABELS, len(moments))
    chosen = [moments[n * (len(moments) - 1) // max(1, few - 1)] for n in range(few)]
    hourly = step == HOUR
    utc = [moment.astimezone(dt.UTC) for moment in chosen]
    return [f"{m:%a %H:00}" if hourly else f"{m.day} {m:%b}" for m in utc]
