"""Exports: order one, watch it being made, fetch it, have it deleted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.countries import country_names
from campaign.delivery import keeping, looking
from campaign.delivery.choosing import COLUMNS, PRESELECTED, STATES, read_wish
from campaign.delivery.fetching import fetch_export
from campaign.delivery.keeping import NotNow
from campaign.delivery.ordering import order_again, order_export
from campaign.errors import Invalid
from campaign.links import settings
from campaign.public.files import send
from campaign.signatures.standing import standing
from campaign.staff.doors import ADMIN, actor, door
from campaign.staff.paging import page_start

pages = Blueprint("exports", __name__)

ALL = "/campaigns/<slug:slug>/exports"
ONE = f"{ALL}/<int:number>"


@pages.get(ALL)
@door(ADMIN)
def exports(slug: str) -> str:
    campaign, before = standing(slug), page_start()
    found = looking.exports(slug, **before)
    older = f"?before={found[looking.PAGE - 1].id}" if len(found) > looking.PAGE else None
    return render_template(
        "staff/exports.html",
        campaign=campaign,
        exports=found[: looking.PAGE],
        older=older,
        newer="?" if before else None,
        days=settings().export_days,
    )


@pages.get(f"{ALL}/new")
@door(ADMIN)
def new_export(slug: str) -> str:
    given = {"columns": PRESELECTED, "states": ("confirmed",), "values": {"format": "csv"}}
    return _form(slug, given, {})


@pages.post(ALL)
@door(ADMIN)
def order(slug: str) -> AnyResponse | tuple[str, int]:
    form = request.form
    columns, states = form.getlist("columns"), form.getlist("states")
    try:
        wish = read_wish(form, columns, states)
        number = order_export(slug, wish, actor=actor())
    except Invalid as invalid:
        given = {"columns": columns, "states": states, "values": form}
        return _form(slug, given, invalid.fields), 400
    flash("The export is ordered. It is made in the background: you may leave this page.")
    return _to(slug, number)


@pages.get(ONE)
@door(ADMIN)
def export(slug: str, number: int) -> str:
    found = looking.export(slug, number)
    return render_template(
        "staff/export.html",
        campaign=standing(slug),
        export=found,
        filters=_in_words(found.filters),
        days=settings().export_days,
    )


@pages.get(f"{ONE}/progress.json")
@door(ADMIN)
def export_progress(slug: str, number: int) -> Response:
    found = looking.export(slug, number)
    return jsonify(under_way=found.under_way, share=found.share, says=found.says)


@pages.get(f"{ONE}/file")
@door(ADMIN)
def export_file(slug: str, number: int) -> Response:
    return send(fetch_export(slug, number, actor=actor()))


@pages.post(f"{ONE}/again")
@door(ADMIN)
def again(slug: str, number: int) -> AnyResponse:
    ordered = order_again(slug, number, actor=actor())
    flash("The same rows are being made again, as of the same moment.")
    return _to(slug, ordered)


@pages.post(f"{ONE}/cancel")
@door(ADMIN)
def cancel(slug: str, number: int) -> AnyResponse:
    try:
        keeping.cancel(slug, number, actor=actor())
        flash("The export is cancelled.", "success")
    except NotNow as problem:
        flash(str(problem), "error")
    return _to(slug, number)


@pages.post(f"{ONE}/delete")
@door(ADMIN)
def delete(slug: str, number: int) -> AnyResponse:
    try:
        keeping.delete(slug, number, actor=actor())
        flash("The file is deleted.", "success")
    except NotNow as problem:
        flash(str(problem), "error")
    return _to(slug, number)


def _form(slug: str, given: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "staff/export_new.html",
        campaign=standing(slug),
        all_columns=COLUMNS,
        all_states=STATES,
        texts=looking.texts(slug),
        countries=country_names(),
        errors=errors,
        days=settings().export_days,
        **given,
    )


def _in_words(filters: dict[str, Any]) -> list[tuple[str, str]]:
    names = country_names()
    words = {
        "states": ("State", ", ".join(filters.get("states", ()))),
        "text_version": ("Text", f"version {filters.get('text_version')}"),
        "country": ("Country", names.get(filters.get("country", ""), "")),
        "since": ("Signed from", filters.get("since", "")),
        "until": ("Signed up to", filters.get("until", "")),
        "updates": ("Updates", "only who wants them"),
    }
    return [said for name, said in words.items() if name in filters]


def _to(slug: str, number: int) -> AnyResponse:
    return redirect(f"/staff/campaigns/{slug}/exports/{number}", 303)
