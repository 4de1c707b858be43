"""Deliveries: what was compiled for whom; admins request more and fetch the packages."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.delivery import looking
from campaign.delivery.fetching import fetch_package
from campaign.delivery.keeping import NotNow
from campaign.delivery.requesting import request_delivery
from campaign.errors import Invalid
from campaign.signatures.standing import standing
from campaign.staff.doors import ADMIN, ORGANISER, actor, door
from campaign.staff.exports import page_start, send

pages = Blueprint("deliveries", __name__)

ALL = "/campaigns/<slug:slug>/deliveries"


@pages.get(ALL)
@door(ORGANISER)
def deliveries(slug: str) -> str:
    return _page(slug, {})


@pages.post(ALL)
@door(ADMIN)
def request_one(slug: str) -> AnyResponse | tuple[str, int]:
    everything = request.form.get("everything") == "y"
    official = request.form.get("official", "")
    try:
        # No slug holds a NUL, which PostgreSQL would refuse to compare with.
        wanted = official.replace("\x00", "")
        number = request_delivery(slug, wanted, everything=everything, actor=actor())
        flash(f"Delivery {number} is requested. It is compiled in the background.")
    except Invalid as invalid:
        return _page(slug, invalid.fields), 400
    except NotNow as problem:
        flash(str(problem), "error")
    return redirect(f"/staff/campaigns/{slug}/deliveries", 303)


@pages.get(f"{ALL}/progress.json")
@door(ORGANISER)
def deliveries_progress(slug: str) -> Response:
    standing(slug)
    return jsonify(under_way=any(one.under_way for one in looking.deliveries(slug)))


@pages.get(f"{ALL}/<int:number>/package")
@door(ADMIN)
def package(slug: str, number: int) -> Response:
    return send(fetch_package(slug, number, actor=actor()))


def _page(slug: str, errors: dict[str, str]) -> str:
    campaign, before = standing(slug), page_start()
    found = looking.deliveries(slug, **before)
    older = f"?before={found[looking.PAGE - 1].number}" if len(found) > looking.PAGE else None
    return render_template(
        "staff/deliveries.html",
        campaign=campaign,
        deliveries=found[: looking.PAGE],
        officials=looking.officials(slug),
        older=older,
        newer="?" if before else None,
        values=request.form,
        errors=errors,
    )
