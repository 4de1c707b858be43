"""The page of one campaign: its equation, its curves, and where supporters get lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from campaign.accounts.audit import record_alone
from campaign.days import read_day
from campaign.errors import Invalid, NotFound
from campaign.signatures import curves
from campaign.signatures.breakdowns import Days, Line, every_line
from campaign.signatures.models_counted import DIMENSIONS
from campaign.signatures.overview import Overview, one_moment, overview
from campaign.signatures.retaining import plan_of
from campaign.signatures.standing import standing
from campaign.staff import charts, tables
from campaign.staff.doors import ORGANISER, actor, door

pages = Blueprint("overview", __name__)


@pages.get("/campaigns/<slug:slug>")
@door(ORGANISER)
def show(slug: str) -> Response:
    values = {name: request.args.get(name, "") for name in ("since", "until")}
    errors: dict[str, str] = {}
    try:
        days = read_days(values)
    except Invalid as invalid:
        days, errors = Days(), invalid.fields
    found = overview(slug, days)
    html = render_template(
        "staff/overview.html",
        seen=found,
        one=found.standing,
        plan=plan_of(slug),
        growth=_growth(found),
        ends=_ends(days, found.at),
        daily=charts.columns(found.days, found.step),
        hourly=charts.columns(found.hours, curves.HOUR),
        days=days,
        values={name: value.replace("\x00", "") for name, value in values.items()},
        errors=errors,
        query=urlencode({n: v for n, v in values.items() if v and not errors}),
        name_of=_namer(found.articles),
        worst=_worst(found),
        pace=_pace(found),
        presets=_presets(found.at),
        period=charts.period,
        hour=curves.HOUR,
    )
    return make_response(html, 400 if errors else 200)


@pages.get("/campaigns/<slug:slug>/figures/<slug:table>.csv")
@door(ORGANISER)
def figures(slug: str, table: str) -> Response:
    if table not in (*DIMENSIONS, "days", "hours"):
        raise NotFound
    days = read_days({name: request.args.get(name, "") for name in ("since", "until")})
    campaign = standing(slug)
    given = {"table": table, "since": str(days.since or ""), "until": str(days.until or "")}
    record_alone(actor(), "figures exported", f"campaign:{slug}", given)
    rows = _lines(campaign.id, table, days) if table in DIMENSIONS else _points(slug, table, days)
    return tables.download(rows, f"{slug}-{table}")


def read_days(values: dict[str, str]) -> Days:
    """The days asked for. Raises Invalid."""
    errors, found = {}, {}
    for name, text in values.items():
        try:
            found[name] = read_day(text) if text else None
        except ValueError:
            errors[name] = "Enter a date as year-month-day, like 2026-11-23."
    if not errors and found["since"] and found["until"] and found["since"] > found["until"]:
        errors["until"] = "The last day must not lie before the first."
    if errors:
        raise Invalid(errors)
    return Days(**found)


def _growth(found: Overview) -> charts.Growth:
    one = found.standing
    return charts.growth(
        found.days, found.before, one.paper, one.goal, found.milestones, found.step
    )


def _ends(days: Days, now: dt.datetime) -> str:
    """When the last of the days that are shown ends, in words."""
    today = now.astimezone(dt.UTC).date()
    last = max(min(days.until or today, today), days.since or dt.date.min)
    return "now" if last == today else f"the end of {last.day} {last:%b %Y}"


def _namer(articles: dict[str, str]) -> object:
    """A function for templates: what a person calls a value of a dimension."""
    return lambda dimension, value: tables.name_of(dimension, value, articles)


def _worst(found: Overview) -> Line | None:
    """The domain where most have not come back yet, of those where that stands out."""
    table = found.tables["domain"]
    lost = [one for one in table.lines if one.waiting > table.whole.waiting + 5]
    return max(lost, key=lambda one: one.pending, default=None)


def _pace(found: Overview) -> dt.date | None:
    """The day on which the goal is reached if the next weeks are like the last seven days."""
    left = found.standing.goal - found.standing.displayed
    if left <= 0 or not found.recent.week or found.standing.state != "open":
        return None
    days = -(-left * 7 // found.recent.week)
    return found.at.date() + dt.timedelta(days=days) if days < 1000 else None


def _presets(now: dt.datetime) -> list[tuple[str, str]]:
    today = now.astimezone(dt.UTC).date()
    spans = (("Today", 0), ("7 days", 6), ("30 days", 29))
    return [(text, str(today - dt.timedelta(days=days))) for text, days in spans]


def _lines(campaign_id: int, dimension: str, days: Days) -> Iterator[tuple[object, ...]]:
    yield (dimension, *tables.FIGURES, "minutes to confirm")
    with one_moment() as connection:
        for line in every_line(connection, campaign_id, dimension, days):
            yield (line.value, *(getattr(line, f) for f in tables.FIGURES), line.minutes)


def _points(slug: str, table: str, days: Days) -> Iterator[tuple[object, ...]]:
    yield ("from", "submitted", "confirmed")
    found = overview(slug, days)
    for point in found.days if table == "days" else found.hours:
        yield (point.at.isoformat(), point.submitted, point.confirmed)
