"""Deliveries: what was compiled for whom; admins cancel, repeat, and fetch the packages."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from campaign.countries import country_names
from campaign.delivery import listing
from campaign.delivery.cancelling import cancel_delivery
from campaign.delivery.fetching import fetch_package
from campaign.delivery.keeping import NotNow
from campaign.delivery.requesting import request_again
from campaign.delivery.tracing import trace
from campaign.errors import Invalid
from campaign.public.files import send
from campaign.signatures.standing import standing
from campaign.staff.doors import ADMIN, ORGANISER, actor, door
from campaign.staff.paging import page_start

pages = Blueprint("deliveries", __name__)

ALL = "/campaigns/<slug:slug>/deliveries"
ONE = f"{ALL}/<int:number>"


@pages.get(ALL)
@door(ORGANISER)
def deliveries(slug: str) -> str:
    campaign, before = standing(slug), page_start()
    found = listing.deliveries(slug, **before)
    older = f"?before={found[listing.PAGE - 1].number}" if len(found) > listing.PAGE else None
    return render_template(
        "staff/deliveries.html",
        campaign=campaign,
        deliveries=found[: listing.PAGE],
        officials=listing.officials(slug),
        names=country_names(),
        older=older,
        newer="?" if before else None,
    )


@pages.get(f"{ALL}/progress.json")
@door(ORGANISER)
def deliveries_progress(slug: str) -> Response:
    standing(slug)
    return jsonify(under_way=any(one.under_way for one in listing.deliveries(slug)))


@pages.get(ONE)
@door(ORGANISER)
def delivery(slug: str, number: int) -> str:
    return render_template(
        "staff/delivery.html",
        campaign=standing(slug),
        delivery=listing.delivery(slug, number),
        handed=trace(slug, number),
        names=country_names(),
    )


@pages.get(f"{ONE}/progress.json")
@door(ORGANISER)
def delivery_progress(slug: str, number: int) -> Response:
    found = listing.delivery(slug, number)
    return jsonify(under_way=found.under_way, share=found.share, says=found.says)


@pages.get(f"{ONE}/package")
@door(ADMIN)
def package(slug: str, number: int) -> Response:
    return send(fetch_package(slug, number, actor=actor()))


@pages.post(f"{ONE}/cancel")
@door(ADMIN)
def cancel(slug: str, number: int) -> AnyResponse:
    try:
        cancel_delivery(slug, number, actor=actor())
        flash("The delivery is cancelled. No package of it will be seen.", "success")
    except NotNow as problem:
        flash(str(problem), "error")
    return to_delivery(slug, number)


@pages.post(f"{ONE}/again")
@door(ADMIN)
def again(slug: str, number: int) -> AnyResponse:
    try:
        number = request_again(slug, number, actor=actor())
        flash("The same is requested again. It is compiled in the background.")
    except NotNow as problem:
        flash(str(problem), "error")
    except Invalid:
        flash("The campaign does not address this official any more.", "error")
    return to_delivery(slug, number)


def to_delivery(slug: str, number: int) -> AnyResponse:
    """The page of a delivery, after an act."""
    return redirect(f"/staff/campaigns/{slug}/deliveries/{number}", 303)
