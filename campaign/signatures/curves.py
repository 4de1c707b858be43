"""How many signed and confirmed when: read from the hours that counting keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# More columns than this cannot be told apart; weeks or four weeks are shown instead of days.
MOST_COLUMNS = 120

# One look into the index for each column, however many signatures there are.
_SERIES = text(
    """
    SELECT at, coalesce(submitted, 0)::bigint AS submitted, coalesce(confirmed, 0)::bigint
        AS confirmed
    FROM generate_series(CAST(:begin AS timestamptz), CAST(:end AS timestamptz)
        - interval '1 microsecond', CAST(:step AS interval)) AS at
    CROSS JOIN LATERAL (SELECT sum(submitted) AS submitted, sum(confirmed) AS confirmed
        FROM signature_hour WHERE campaign_id = :id AND hour >= at
            AND hour < least(at + CAST(:step AS interval), CAST(:end AS timestamptz))) AS came
    ORDER BY at
    """
)
_BEFORE = text(
    """
    SELECT coalesce(sum(submitted), 0)::bigint, coalesce(sum(confirmed), 0)::bigint
    FROM signature_hour WHERE campaign_id = :id AND hour < :begin
    """
)
_FIRST = text("SELECT now(), (SELECT min(hour) FROM signature_hour WHERE campaign_id = :id)")
_RECENT = text(
    """
    SELECT coalesce(sum(confirmed) FILTER (WHERE hour >= this), 0)::bigint AS hour,
        coalesce(sum(confirmed) FILTER (WHERE hour > this - interval '24 hours'), 0)::bigint AS day,
        coalesce(sum(confirmed), 0)::bigint AS week
    FROM date_trunc('hour', now()) AS this
    LEFT JOIN signature_hour ON campaign_id = :id AND hour > this - interval '7 days'
    """
)
_REACHED = text(
    """
    WITH run AS MATERIALIZED (
        SELECT hour, :paper + sum(confirmed) OVER (ORDER BY hour) AS so_far
        FROM signature_hour WHERE campaign_id = :id)
    SELECT target, (SELECT min(hour) FROM run WHERE so_far >= target) AS at
    FROM unnest(CAST(:targets AS bigint[])) AS target ORDER BY target
    """
)
_SPARKS = text(
    """
    SELECT campaign_id, array_agg(confirmed ORDER BY day) FROM (
        SELECT c.id AS campaign_id, day, coalesce(sum(h.confirmed), 0)::bigint AS confirmed
        FROM campaign c CROSS JOIN generate_series(date_trunc('day', now(), 'UTC')
            - interval '30 days', now(), interval '1 day') AS day
        LEFT JOIN signature_hour h ON h.campaign_id = c.id AND h.hour >= day
            AND h.hour < day + interval '1 day'
        GROUP BY 1, 2) AS days GROUP BY 1
    """
)


@dataclass(frozen=True)
class Point:
    """What came in the time that begins `at`."""

    at: dt.datetime
    submitted: int
    confirmed: int


@dataclass(frozen=True)
class Recent:
    """Confirmed in this hour, the last 24 and the last seven days."""

    hour: int
    day: int
    week: int


@dataclass(frozen=True)
class Milestone:
    """A number to be reached, and the hour in which it was."""

    target: int
    at: dt.datetime | None


def series(
    connection: Connection,
    campaign_id: int,
    begin: dt.datetime,
    end: dt.datetime,
    step: dt.timedelta,
) -> list[Point]:
    """A point for each `step` from `begin` to before `end`, those without anything included."""
    values = {"id": campaign_id, "begin": begin, "end": end, "step": step}
    return [Point(**row) for row in connection.execute(_SERIES, values).mappings()]


def before(connection: Connection, campaign_id: int, begin: dt.datetime) -> Point:
    """All that came before `begin`."""
    row = connection.execute(_BEFORE, {"id": campaign_id, "begin": begin}).one()
    return Point(begin, *row)


def first_hour(connection: Connection, campaign_id: int) -> tuple[dt.datetime, dt.datetime | None]:
    """Now, by the database's clock, and the hour of the first signature."""
    now, first = connection.execute(_FIRST, {"id": campaign_id}).one()
    return now, first


def recent(connection: Connection, campaign_id: int) -> Recent:
    """How many were confirmed lately."""
    return Recent(**connection.execute(_RECENT, {"id": campaign_id}).mappings().one())


def milestones(
    connection: Connection, campaign_id: int, targets: Sequence[int], paper: int
) -> list[Milestone]:
    """When each of `targets` was reached by what is confirmed now. Paper counts from the start."""
    values = {"id": campaign_id, "targets": list(targets), "paper": paper}
    return [Milestone(**row) for row in connection.execute(_REACHED, values).mappings()]


def sparks(connection: Connection) -> dict[int, list[int]]:
    """Confirmed on each of the last 30 days and today, which is last, by the campaign's id."""
    return {row[0]: list(row[1]) for row in connection.execute(_SPARKS)}


def step_for(begin: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """A day, a week, or as many weeks as leave no more columns than can be told apart."""
    days = max(1, -(-(end - begin) // DAY))
    if days <= MOST_COLUMNS:
        return DAY
    weeks = -(-days // (7 * MOST_COLUMNS))
    return 7 * DAY * weeks
