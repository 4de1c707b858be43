"""Signatures by country, by source and by mail domain: where supporters come from and get lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from campaign.signatures.aggregates import FIGURES

TOP = 10
# A domain of few may name a person, and nobody here is shown a list of supporters. Those are
# counted among the others.
FEWEST = {"country": 1, "source": 1, "domain": 5}

# The median, of what is still as exact as the histogram keeps it.
_MEDIAN = """
    LEFT JOIN LATERAL (
        SELECT min(minutes) AS minutes FROM (
            SELECT minutes, sum(sum(confirmed)) OVER (ORDER BY minutes) AS so_far,
                sum(sum(confirmed)) OVER () AS whole
            FROM signature_minutes
            WHERE campaign_id = :id AND domain = t.value AND day BETWEEN :since AND :until
                AND :dimension = 'domain'
            GROUP BY minutes) AS run
        WHERE so_far * 2 >= whole AND whole > 0) AS took ON true
"""
_COLUMNS = ", ".join(("submitted", *FIGURES))
_WHERE = "campaign_id = :id AND dimension = :dimension"
_ORDER = "ORDER BY submitted DESC, value LIMIT CAST(:limit AS bigint)"
# All days are rows of their own in the order of an index: only what is shown is read.
_EVER = f"""
    SELECT value, {_COLUMNS} FROM signature_tally
    WHERE {_WHERE} AND day = '-infinity' AND submitted >= :fewest {_ORDER}
"""
_SUMS = ", ".join(f"sum({f})::bigint AS {f}" for f in ("submitted", *FIGURES))
_BETWEEN = f"""
    SELECT value, {_SUMS} FROM signature_tally
    WHERE {_WHERE} AND day BETWEEN :since AND :until
    GROUP BY value HAVING sum(submitted) >= :fewest {_ORDER}
"""
_LINES = {
    ever: text(
        f"SELECT t.*, took.minutes FROM ({lines}) AS t {_MEDIAN} ORDER BY submitted DESC, value"
    )
    for ever, lines in ((True, _EVER), (False, _BETWEEN))
}
# There are few countries, so their sums are the cheapest.
_WHOLE = text(
    f"""
    SELECT {", ".join(f"coalesce(sum({f}), 0)::bigint AS {f}" for f in ("submitted", *FIGURES))}
    FROM signature_tally WHERE campaign_id = :id AND dimension = 'country'
        AND day BETWEEN :since AND :until
    """
)


@dataclass(frozen=True)
class Days:
    """The days of signing that a table is about, both included; all of them when empty."""

    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def ever(self) -> bool:
        return self.since is None and self.until is None

    def values(self) -> dict[str, object]:
        if self.ever:
            return {"since": "-infinity", "until": "-infinity"}
        # The row of all days lies before every day.
        return {"since": self.since or dt.date.min, "until": self.until or dt.date.max}


@dataclass(frozen=True)
class Line:
    """How the signatures with one value stand now. `minutes` is the median until confirmed."""

    value: str
    submitted: int = 0
    pending: int = 0
    confirmed: int = 0
    withdrawn: int = 0
    excluded: int = 0
    erased: int = 0
    bounced: int = 0
    minutes: int | None = None

    @property
    def share(self) -> int:
        """Confirmed, of a hundred submitted."""
        return self.confirmed * 100 // self.submitted if self.submitted > 0 else 0

    @property
    def waiting(self) -> int:
        """Pending, of a hundred submitted."""
        return self.pending * 100 // self.submitted if self.submitted > 0 else 0


@dataclass(frozen=True)
class Breakdown:
    """The largest values of a dimension, and what all the others and all together have."""

    dimension: str
    lines: list[Line]
    others: Line
    whole: Line


def breakdown(
    connection: Connection, campaign_id: int, dimension: str, days: Days, limit: int = TOP
) -> Breakdown:
    """The `limit` values with the most signatures."""
    lines = list(_lines(connection, campaign_id, dimension, days, limit))
    whole = Line("", **_one(connection, campaign_id, days))
    figures = ("submitted", *FIGURES)
    left = {f: getattr(whole, f) - sum(getattr(one, f) for one in lines) for f in figures}
    return Breakdown(dimension, lines, Line("", **left), whole)


def every_line(
    connection: Connection, campaign_id: int, dimension: str, days: Days
) -> Iterator[Line]:
    """Every value that may be shown, then one line for all the others."""
    left = dict(_one(connection, campaign_id, days))
    for line in _lines(connection, campaign_id, dimension, days, None):
        for figure in left:
            left[figure] -= getattr(line, figure)
        yield line
    if any(left.values()):
        yield Line("(others)", **left)


def _lines(
    connection: Connection, campaign_id: int, dimension: str, days: Days, limit: int | None
) -> Iterator[Line]:
    values = {"id": campaign_id, "dimension": dimension, "limit": limit, **days.values()}
    found = connection.execute(
        _LINES[days.ever],
        {**values, "fewest": FEWEST[dimension]},
        execution_options={"stream_results": limit is None},
    )
    for row in found.mappings():
        yield Line(**row)


def _one(connection: Connection, campaign_id: int, days: Days) -> dict[str, int]:
    row = connection.execute(_WHOLE, {"id": campaign_id, **days.values()}).mappings().one()
    return dict(row)
