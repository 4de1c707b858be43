"""Requesting a delivery: for whom, of which part, up to when; a look at it; then the request."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from campaign.countries import country_names
from campaign.delivery import listing
from campaign.delivery.keeping import NotNow
from campaign.delivery.previewing import preview
from campaign.delivery.requesting import request_delivery
from campaign.delivery.wishing import LONGEST_REASON, read_wish
from campaign.errors import Invalid
from campaign.signatures.standing import standing
from campaign.staff.deliveries import ALL, to_delivery
from campaign.staff.doors import ADMIN, actor, door

pages = Blueprint("delivery_requests", __name__)

Given = MultiDict[str, str]


@pages.get(f"{ALL}/new")
@door(ADMIN)
def new_delivery(slug: str) -> str:
    campaign, officials, given = standing(slug), listing.officials(slug), request.args.copy()
    if len(officials) == 1:
        given.setdefault("official", officials[0].slug)
    chosen = next((one for one in officials if one.slug == given.get("official")), None)
    if chosen is None:
        return render_template(
            "staff/delivery_for_whom.html", campaign=campaign, officials=officials
        )
    if "postcodes" not in given:
        area = listing.area(chosen)
        given.setlist("countries", list(area.countries))
        given["postcodes"] = ", ".join(area.postcodes)
    return _form(slug, given, {})


@pages.get(f"{ALL}/preview")
@door(ADMIN)
def preview_delivery(slug: str) -> str | tuple[str, int]:
    try:
        return _preview(slug, request.args, {})
    except Invalid as invalid:
        return _form(slug, request.args, invalid.fields), 400


@pages.post(ALL)
@door(ADMIN)
def request_one(slug: str) -> Response | tuple[str, int]:
    form = request.form
    try:
        wish = read_wish(form, form.getlist("countries"))
        number = request_delivery(slug, wish, actor=actor())
    except Invalid as invalid:
        if invalid.fields.keys() == {"reason"}:
            return _preview(slug, form, invalid.fields), 400
        return _form(slug, form, invalid.fields), 400
    except NotNow as problem:
        flash(str(problem), "error")
        return redirect(f"/staff/campaigns/{slug}/deliveries", 303)
    flash(f"Delivery {number} is requested. It is compiled in the background.")
    return to_delivery(slug, number)


def _preview(slug: str, given: Given, errors: dict[str, str]) -> str:
    names = ("official", "everything", "postcodes", "cut_off")
    asked = {name: given.get(name, "") for name in names}
    wish = read_wish(asked, given.getlist("countries"))
    countries = list(wish.slice.countries)
    return render_template(
        "staff/delivery_preview.html",
        campaign=standing(slug),
        preview=preview(slug, wish, actor=actor()),
        wish=wish,
        names=country_names(),
        asked=asked,
        back=urlencode({**asked, "countries": countries}, doseq=True),
        reason=given.get("reason", ""),
        longest_reason=LONGEST_REASON,
        errors=errors,
    )


def _form(slug: str, given: Given, errors: dict[str, str]) -> str:
    context: dict[str, Any] = {"campaign": standing(slug), "officials": listing.officials(slug)}
    return render_template(
        "staff/delivery_new.html", names=country_names(), given=given, errors=errors, **context
    )
