"""What was delivered of a campaign: the page for everybody, and the sealed statements."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from campaign.countries import country_names
from campaign.delivery.handed import handed_of, statement
from campaign.public.cache import keep
from campaign.public.campaigns import find_campaign

pages = Blueprint("public_deliveries", __name__)

FRESH_SECONDS = 5
ALL = "/campaigns/<slug:slug>/deliveries"


@pages.get(ALL)
def deliveries(slug: str) -> Response:
    html = render_template(
        "public/deliveries.html",
        campaign=find_campaign(slug),
        deliveries=handed_of(slug),
        country_names=country_names(),
    )
    return keep(make_response(html), FRESH_SECONDS, whatever_query=True)


@pages.get(f"{ALL}/<int:number>.json")
def delivery_statement(slug: str, number: int) -> Response:
    response = Response(statement(slug, number), mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return keep(response, FRESH_SECONDS, whatever_query=True)
