"""The record of what was done: search it, take it out, see that it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as AnyResponse

from campaign.accounts import searching
from campaign.accounts.audit import check, record_alone
from campaign.accounts.models import AuditEvent
from campaign.accounts.searching import PAGE, Wanted
from campaign.errors import Invalid
from campaign.staff import tables
from campaign.staff.doors import ADMIN, actor, door
from campaign.staff.overview import read_days
from campaign.staff.paging import page_start

pages = Blueprint("audit", __name__)

_COLUMNS = ("number", "at", "actor", "address", "action", "subject", "details", "hash")
_FIELDS = ("actor", "action", "subject", "address", "since", "until")


@pages.get("/audit")
@door(ADMIN)
def audit() -> AnyResponse:
    values, before = _values(), page_start()
    found: list[AuditEvent] = []
    errors: dict[str, str] = {}
    try:
        found = searching.search(_wanted(values), **before)
    except Invalid as invalid:
        errors = invalid.fields
    more = found[PAGE - 1].number if len(found) > PAGE else None
    html = render_template(
        "staff/audit.html",
        entries=found[:PAGE],
        values=values,
        errors=errors,
        actions=searching.actions(),
        older=f"?{urlencode({**values, 'before': more})}" if more else None,
        newest=f"?{urlencode(values)}" if before else None,
        query=urlencode(values),
    )
    return make_response(html, 400 if errors else 200)


@pages.get("/audit.csv")
@door(ADMIN)
def audit_csv() -> Response:
    values = _values()
    wanted = _wanted(values)
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


def _values() -> dict[str, str]:
    """What is searched for, by field; no database could hold a NUL."""
    given = {name: request.args.get(name, "").replace("\x00", "").strip() for name in _FIELDS}
    return {name: value for name, value in given.items() if value}


def _wanted(values: dict[str, str]) -> Wanted:
    """The entries that `values` ask for. Raises Invalid."""
    days = read_days({name: values.get(name, "") for name in ("since", "until")})
    texts = {name: value for name, value in values.items() if name not in ("since", "until")}
    return Wanted(**texts, since=days.since, until=days.until)


def _rows(wanted: Wanted) -> Iterator[tuple[object, ...]]:
    yield _COLUMNS
    for event in searching.everything(wanted):
        details = json.dumps(event.details, ensure_ascii=False)
        told = (event.actor, event.address, event.action, event.subject, details)
        yield (event.number, event.at.isoformat(), *told, event.hash.hex())
