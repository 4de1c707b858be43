"""The record of what was done: search it, take it out, see that it is whole."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as AnyResponse

from campaign.accounts import searching
from campaign.accounts.audit import check, record_alone
from campaign.accounts.searching import PAGE, Wanted
from campaign.days import read_day
from campaign.staff import tables
from campaign.staff.doors import ADMIN, actor, door
from campaign.staff.paging import page_start

pages = Blueprint("audit", __name__)

_COLUMNS = ("number", "at", "actor", "address", "action", "subject", "details", "hash")


@pages.get("/audit")
@door(ADMIN)
def audit() -> str:
    wanted, values = _wanted()
    before = page_start()
    found = searching.search(wanted, **before)
    more = found[PAGE - 1].number if len(found) > PAGE else None
    return render_template(
        "staff/audit.html",
        entries=found[:PAGE],
        values=values,
        actions=searching.actions(),
        older=f"?{urlencode({**values, 'before': more})}" if more else None,
        newest=f"?{urlencode(values)}" if before else None,
        query=urlencode(values),
    )


@pages.get("/audit.csv")
@door(ADMIN)
def audit_csv() -> Response:
    wanted, values = _wanted()
    record_alone(actor(), "record exported", details={"filter": values})
    return tables.download(_rows(wanted), "record")


@pages.post("/audit/check")
@door(ADMIN)
def check_audit() -> AnyResponse:
    verdict = check()
    record_alone(actor(), "record checked", details={"entries": verdict.entries})
    if verdict.broken:
        flash(f"The record is not whole: {verdict.broken}.", "error")
    else:
        flash(f"All {verdict.entries:,} entries are there and unchanged. Head: {verdict.head}")
    return redirect("/staff/audit", 303)


def _wanted() -> tuple[Wanted, dict[str, str]]:
    values = {
        name: request.args[name].strip()
        for name in ("actor", "action", "subject", "since", "until")
        if request.args.get(name, "").strip() and "\x00" not in request.args[name]
    }
    since, until = _day(values.get("since", "")), _day(values.get("until", ""))
    for name, day in (("since", since), ("until", until)):
        if day is None:
            values.pop(name, None)
    texts = {name: values.get(name, "") for name in ("actor", "action", "subject")}
    return Wanted(**texts, since=since, until=until), values


def _day(given: str) -> dt.date | None:
    try:
        return read_day(given)
    except ValueError:
        return None


def _rows(wanted: Wanted) -> Iterator[tuple[object, ...]]:
    yield _COLUMNS
    for event in searching.everything(wanted):
        details = json.dumps(event.details, ensure_ascii=False)
        told = (event.actor, event.address, event.action, event.subject, details)
        yield (event.number, event.at.isoformat(), *told, event.hash.hex())
