"""Exclusions in bulk: preview, start, watch, cancel, undo."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from campaign.errors import Invalid
from campaign.signatures import exclusions, progress
from campaign.signatures.condition import read_condition
from campaign.signatures.exclusions import Preview
from campaign.signatures.standing import standing
from campaign.staff.doors import ADMIN, actor, door
from campaign.staff.hiding import asked_for
from campaign.staff.signatures import query_of

pages = Blueprint("exclusions", __name__)

LIST = "/campaigns/<slug:slug>/signatures/exclusions"
ONE = f"{LIST}/<int:number>"


@pages.get(LIST)
@door(ADMIN)
def exclusion_list(slug: str) -> str:
    return render_template(
        "staff/exclusions.html", campaign=standing(slug), jobs=progress.exclusions(slug)
    )


@pages.get(f"{LIST}/preview")
@door(ADMIN)
def preview(slug: str) -> str | tuple[str, int]:
    try:
        return _preview(slug, asked_for(request.args), {})
    except Invalid as invalid:
        return _refused(slug, invalid), 400


@pages.post(LIST)
@door(ADMIN)
def start(slug: str) -> Response | tuple[str, int]:
    form = request.form.to_dict()
    try:
        condition = read_condition(form)
        job = exclusions.start(
            slug, condition, form.get("cut_off", ""), form.get("reason", ""), actor=actor()
        )
    except Invalid as invalid:
        if "reason" not in invalid.fields:
            return _refused(slug, invalid), 400
        return _preview(slug, form, invalid.fields), 400
    return redirect(f"/staff/campaigns/{slug}/signatures/exclusions/{job}", 303)


@pages.get(ONE)
@door(ADMIN)
def exclusion(slug: str, number: int) -> str:
    return _one(slug, number, {}, {})


@pages.post(f"{ONE}/cancel")
@door(ADMIN)
def cancel(slug: str, number: int) -> Response:
    progress.exclusion(slug, number)
    if exclusions.cancel(slug, number, actor=actor()):
        flash("Stopped. What was done before stays done; you can undo it.", "success")
    else:
        flash("It had ended already.")
    return redirect(f"/staff/campaigns/{slug}/signatures/exclusions/{number}", 303)


@pages.post(f"{ONE}/undo")
@door(ADMIN)
def undo(slug: str, number: int) -> Response | tuple[str, int]:
    try:
        made = exclusions.undo(slug, number, request.form.get("reason", ""), actor=actor())
    except Invalid as invalid:
        return _one(slug, number, request.form.to_dict(), invalid.fields), 400
    return redirect(f"/staff/campaigns/{slug}/signatures/exclusions/{made}", 303)


def _preview(slug: str, values: dict[str, str], errors: dict[str, str]) -> str:
    found: Preview = exclusions.preview(slug, read_condition(values), actor=actor())
    return render_template(
        "staff/exclusion_preview.html",
        campaign=standing(slug),
        preview=found,
        back=query_of(found.condition),
        values=values,
        errors=errors,
    )


def _refused(slug: str, invalid: Invalid) -> str:
    return render_template(
        "staff/exclusion_refused.html", campaign=standing(slug), errors=invalid.fields
    )


def _one(slug: str, number: int, values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "staff/exclusion.html",
        campaign=standing(slug),
        job=progress.exclusion(slug, number),
        values=values,
        errors=errors,
    )
