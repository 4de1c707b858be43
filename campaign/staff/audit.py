"""The record of what was done: search it, take it out, see that it is whole."""

from __future__ import annotations

import csv
import datetime as dt
import io
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
    stream_with_context,
)
from werkzeug.wrappers import Response as AnyResponse

from campaign.accounts import searching
from campaign.accounts.audit import check, record_alone
from campaign.accounts.searching import PAGE, Wanted
from campaign.delivery.spreadsheets import inert_text
from campaign.staff.doors import ADMIN, actor, door

pages = Blueprint("audit", __name__)

_COLUMNS = ("number", "at", "actor", "address", "action", "subject", "details", "hash")


@pages.get("/audit")
@door(ADMIN)
def audit() -> str:
    wanted, values = _wanted()
    before = request.args.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 18 else None
    found = searching.search(wanted, before=number)
    more = found[PAGE - 1].number if len(found) > PAGE else None
    return render_template(
        "staff/audit.html",
        entries=found[:PAGE],
        values=values,
        actions=searching.actions(),
        older=f"?{urlencode({**values, 'before': more})}" if more else None,
        newest=f"?{urlencode(values)}" if number else None,
        query=urlencode(values),
    )


@pages.get("/audit.csv")
@door(ADMIN)
def audit_csv() -> Response:
    wanted, values = _wanted()
    record_alone(actor(), "record exported", details={"filter": values})
    headers = {"Content-Disposition": 'attachment; filename="record.csv"'}
    return Response(
        stream_with_context(_lines(wanted)), mimetype="text/csv; charset=utf-8", headers=headers
    )


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
    since, until = _day(values.get("since")), _day(values.get("until"))
    for name, day in (("since", since), ("until", until)):
        if day is None:
            values.pop(name, None)
    texts = {name: values.get(name, "") for name in ("actor", "action", "subject")}
    return Wanted(**texts, since=since, until=until), values


def _day(given: str | None) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(given or "")
    except ValueError:
        return None
    return day if 1900 < day.year < 2200 else None


def _lines(wanted: Wanted) -> Iterator[str]:
    buffer = io.StringIO("\ufeff")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    for event in searching.everything(wanted):
        details = json.dumps(event.details, ensure_ascii=False)
        cells = (event.actor, event.address, event.action, event.subject, details)
        writer.writerow(
            (event.number, event.at.isoformat(), *map(inert_text, cells), event.hash.hex())
        )
        if buffer.tell() > 32_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
