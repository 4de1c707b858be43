"""What a partner needs: the script that brings the form, and a page with the lines to copy."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template
from sqlalchemy import select

from campaign.campaigns.models import Campaign
from campaign.extensions import db
from campaign.languages import NAMES
from campaign.languages import gettext as _
from campaign.links import absolute
from campaign.public.cache import keep
from campaign.public.headers import CSP
from campaign.public.views import campaign_card
from campaign.signatures.tallies import displayed_counts

pages = Blueprint("embed_code", __name__)

MOST_SHOWN = 12


@pages.get("/embed.js")
def script() -> Response:
    html = render_template("public/embed.js", languages=list(NAMES), title=_("Sign this pledge"))
    response = make_response(html)
    response.content_type = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=3600"
    # Host pages that isolate themselves (COEP) take nothing that does not allow it.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return keep(response, 60, whatever_query=True)


@pages.get("/embed")
def lines_to_copy() -> Response:
    counts = displayed_counts()
    chosen = (
        select(Campaign)
        .where(Campaign.accepting())
        .order_by(Campaign.created_at.desc(), Campaign.id.desc())
        .limit(MOST_SHOWN)
    )
    html = render_template(
        "public/embed_code.html",
        campaigns=[campaign_card(c, counts.get(c.id, 0)) for c in db.session.scalars(chosen)],
        script=absolute("/embed.js"),
        home=absolute("/"),
    )
    response = make_response(html)
    # It shows what its lines make, in frames of its own.
    response.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return keep(response, 2, whatever_query=True)
