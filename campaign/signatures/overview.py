"""All that the page of a campaign shows, as of one moment and whatever the campaign's size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from campaign.extensions import db
from campaign.signatures import curves
from campaign.signatures.breakdowns import Breakdown, Days, breakdown
from campaign.signatures.curves import DAY, HOUR, Milestone, Point, Recent
from campaign.signatures.models_counted import DIMENSIONS
from campaign.signatures.standing import Standing, standing, standings

HOURS_SHOWN = 48
_TITLES = text("SELECT slug, title FROM article WHERE slug = ANY(:slugs)")


@dataclass(frozen=True)
class Overview:
    """One campaign at one moment. `before` is what came before the first of `days`."""

    standing: Standing
    at: dt.datetime
    recent: Recent
    milestones: list[Milestone]
    before: Point
    days: list[Point]
    step: dt.timedelta
    hours: list[Point]
    tables: dict[str, Breakdown]
    articles: dict[str, str]
    """Titles of the articles that sources name, by slug."""


@dataclass(frozen=True)
class Glance:
    """One campaign of many: confirmed on each of the last 30 whole days, and today so far."""

    standing: Standing
    days: list[int]
    today: int


@contextmanager
def one_moment() -> Iterator[Connection]:
    """A connection whose every query sees the database as it was at the first."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection


def overview(slug: str, wanted: Days) -> Overview:
    """The campaign `slug` in those days. Raises NotFound."""
    with one_moment() as connection:
        stands = standing(slug, connection)
        now, first = curves.first_hour(connection, stands.id)
        begin, end = _span(wanted, first, now)
        step = curves.step_for(begin, end)
        last_hour = min(end, now.replace(minute=0, second=0, microsecond=0) + HOUR)
        tables = {d: breakdown(connection, stands.id, d, wanted) for d in DIMENSIONS}
        return Overview(
            standing=stands,
            at=now,
            recent=curves.recent(connection, stands.id),
            milestones=curves.milestones(connection, stands.id, _targets(stands), stands.paper),
            before=curves.before(connection, stands.id, begin),
            days=curves.series(connection, stands.id, begin, end, step),
            step=step,
            hours=curves.series(
                connection, stands.id, max(begin, last_hour - HOURS_SHOWN * HOUR), last_hour, HOUR
            ),
            tables=tables,
            articles=_articles(connection, tables["source"]),
        )


def glances() -> list[Glance]:
    """Every campaign, those that take signatures first."""
    with one_moment() as connection:
        sparks = curves.sparks(connection)
        return [
            Glance(one, sparks[one.id][:-1], sparks[one.id][-1]) for one in standings(connection)
        ]


def _span(
    wanted: Days, first: dt.datetime | None, now: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    """From the first day to be shown to the end of the last: none to come, none before the first
    signature but for a week to look back on."""
    today = _day_of(now)
    earliest = min(_day_of(first or now), today - 6 * DAY)
    begin = max(earliest, _midnight(wanted.since)) if wanted.since else earliest
    end = min(today, _midnight(wanted.until)) + DAY if wanted.until else today + DAY
    return begin, max(end, begin + DAY)


def _day_of(moment: dt.datetime) -> dt.datetime:
    return _midnight(moment.astimezone(dt.UTC).date())


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _targets(stands: Standing) -> list[int]:
    """A quarter, half, three quarters and all of the goal."""
    return sorted({-(-stands.goal * part // 4) for part in (1, 2, 3, 4) if stands.goal > 0})


def _articles(connection: Connection, sources: Breakdown) -> dict[str, str]:
    slugs = [one.value[5:] for one in sources.lines if one.value.startswith("from=")]
    return {row.slug: row.title for row in connection.execute(_TITLES, {"slugs": slugs})}
