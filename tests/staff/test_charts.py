"""The geometry of charts: everything on the plane, in proportion, with round numbers."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from campaign.signatures.curves import DAY, HOUR, Milestone, Point, step_for
from campaign.staff.charts import HEIGHT, WIDTH, columns, growth, period, spark

BEGIN = dt.datetime(2026, 9, 24, tzinfo=dt.UTC)


def points(*figures: tuple[int, int]) -> list[Point]:
    return [Point(BEGIN + n * DAY, *pair) for n, pair in enumerate(figures)]


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=120))
def test_every_column_stands_on_the_plane_in_proportion(figures: list[tuple[int, int]]) -> None:
    chart = columns(points(*figures), DAY)
    top = chart.ticks[0]
    assert top >= max(max(pair) for pair in figures)
    assert chart.ticks[-1] == 0
    assert len({a - b for a, b in zip(chart.ticks, chart.ticks[1:], strict=False)}) == 1
    for column, (submitted, confirmed) in zip(chart.columns, figures, strict=True):
        assert column.x >= 0
        assert column.x + column.width <= WIDTH + 1
        assert abs(column.submitted - submitted / top * HEIGHT) <= 0.1
        assert abs(column.confirmed - confirmed / top * HEIGHT) <= 0.1


def test_the_growth_begins_with_what_was_there_and_shows_a_goal_in_sight() -> None:
    reached = Milestone(50, BEGIN + 30 * HOUR)
    before = Point(BEGIN, 20, 10)
    chart = growth(points((10, 10), (40, 40)), before, 0, 100, [reached], DAY)
    assert chart.ticks == [100, 50, 0]
    assert chart.confirmed == "M0.0,270.0 L500.0,240.0 L1000.0,120.0"
    assert chart.goal == 0
    assert chart.dots == [(875.0, 150.0)]


def test_a_goal_far_away_would_make_the_line_flat_and_is_left_out() -> None:
    chart = growth(points((10, 10)), Point(BEGIN, 0, 0), 0, 100_000, [], DAY)
    assert chart.goal is None
    assert chart.ticks[0] < 20


def test_nothing_is_drawn_at_the_bottom() -> None:
    assert spark([0, 0]) == f"M0.0,{HEIGHT}.0 L{WIDTH}.0,{HEIGHT}.0"
    assert columns(points((0, 0)), DAY).ticks == [2, 1, 0]


def test_longer_times_have_wider_columns() -> None:
    assert step_for(BEGIN, BEGIN + 120 * DAY) == DAY
    assert step_for(BEGIN, BEGIN + 121 * DAY) == 7 * DAY
    assert step_for(BEGIN, BEGIN + 900 * DAY) == 14 * DAY
    assert period(BEGIN, DAY) == "24 Sep 2026"
    assert period(BEGIN, 7 * DAY) == "7 days from 24 Sep 2026"
    assert period(BEGIN + 5 * HOUR, HOUR) == "Thu 05:00"
