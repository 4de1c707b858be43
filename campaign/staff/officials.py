"""Officials: organisers look them up, admins change them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from campaign.campaigns import tables
from campaign.campaigns.listing import officials
from campaign.campaigns.models import Official
from campaign.campaigns.officials import save_official
from campaign.campaigns.values import OFFICIAL_KEYS, official_values
from campaign.content.drafts import Values
from campaign.content.history import Opened, Saved, opened
from campaign.countries import country_options
from campaign.errors import Invalid
from campaign.languages import NAMES
from campaign.staff import writing
from campaign.staff.doors import ADMIN, ORGANISER, actor, door

pages = Blueprint("officials", __name__)

LIST = "/staff/officials"


@pages.get("/officials")
@door(ORGANISER)
def official_list() -> str:
    search, number = request.args.get("search", ""), writing.page_number()
    found, more = officials(search=search, page=number)

    def at(page: int) -> str:
        return f"{LIST}?" + urlencode({"search": search, "page": page})

    return render_template(
        "staff/officials.html",
        officials=found,
        search=search,
        first=at(1),
        newer=at(number - 1) if number > 1 else None,
        older=at(number + 1) if more else None,
    )


@pages.get("/officials/new")
@door(ADMIN)
def new() -> Response:
    return _show({})


@pages.post("/officials/new")
@door(ADMIN)
def add() -> Response:
    return _save(None)


@pages.get("/officials/<slug:slug>/edit")
@door(ADMIN)
def edit(slug: str) -> Response:
    found = _opened(slug)
    return _show(found.values, slug=slug, revision=found.revision, now=found)


@pages.post("/officials/<slug:slug>/edit")
@door(ADMIN)
def save(slug: str) -> Response:
    return _save(slug)


@pages.get("/officials/import")
@door(ADMIN)
def table() -> str:
    return _table()


@pages.post("/officials/import")
@door(ADMIN)
def import_table() -> str | tuple[str, int]:
    upload = request.files.get("table")
    try:
        if upload is None or not upload.filename:
            raise Invalid({"table": "is missing"})
        raw = upload.stream.read(tables.MAX_BYTES + 1)
        return _table(report=tables.import_officials(raw, actor=actor()))
    except Invalid as invalid:
        return _table(errors=writing.labelled(invalid.fields)), 400


def _table(**context: Any) -> str:
    given = {"errors": {}, "report": None, "most": tables.MAX_LINES, "languages": NAMES, **context}
    return render_template("staff/officials_import.html", **given)


def again(slug: str | None = None) -> Response:
    """The form with what was sent; nothing is saved."""
    values = writing.sent(*OFFICIAL_KEYS)
    values["slug"] = slug or values["slug"]
    return _show(values, slug=slug, revision=writing.opened_at())


def _save(slug: str | None) -> Response:
    values = writing.sent(*OFFICIAL_KEYS)
    values["slug"] = slug or values["slug"]

    def act() -> Saved:
        return save_official(values, actor=actor(), slug=slug, revision=writing.opened_at())

    def show(values: Values, **context: Any) -> Response:
        return _show(values, slug=slug, **context)

    saved = writing.attempt(act, show, values, lambda: _opened(slug or ""))
    if isinstance(saved, Response):
        return saved
    flash(f"{values['name']} is saved.", "success")
    return redirect(LIST, 303)


def _opened(slug: str) -> Opened:
    return opened(Official, slug, official_values)


def _show(
    values: Values, *, slug: str | None = None, revision: int = 0, **context: Any
) -> Response:
    return writing.page(
        "staff/official_form.html",
        values=values,
        slug=slug,
        revision=revision,
        country_options=country_options,
        languages=NAMES,
        **context,
    )
