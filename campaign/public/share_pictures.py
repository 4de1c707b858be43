"""GET /campaigns/<slug>/share.png: what other sites show beside a link to a campaign."""

from __future__ import annotations

import zlib

from flask import Blueprint, Response

from campaign.delivery.picturing import REDRAW_SECONDS, Subject, share_picture
from campaign.public.cache import keep
from campaign.public.campaigns import find_campaign
from campaign.public.views import campaign_card
from campaign.resources import folder
from campaign.signatures.tallies import displayed_counts

pages = Blueprint("share_pictures", __name__)

# Shown where none could be drawn: soon, somebody tries again.
_RETRY_SECONDS = 10
_ANY_CAMPAIGN = "img/share.png"


@pages.get("/campaigns/<slug:slug>/share.png")
def share(slug: str) -> Response:
    found = find_campaign(slug)
    count = displayed_counts().get(found.id, 0)
    seed = zlib.crc32(slug.encode())
    drawn = share_picture(Subject(slug, campaign_card(found, count).title, count, found.goal, seed))
    seconds = REDRAW_SECONDS if drawn else _RETRY_SECONDS
    body = drawn or (folder("static") / _ANY_CAMPAIGN).read_bytes()
    response = Response(body, mimetype="image/png")
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return keep(response, seconds, whatever_query=True)
