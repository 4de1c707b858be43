"""GET /oembed: how a site that is given a campaign's address shows its form (https://oembed.com)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug import exceptions

from campaign.campaigns.models import Campaign
from campaign.delivery.picturing import HEIGHT, WIDTH
from campaign.errors import NotFound
from campaign.languages import NAMES
from campaign.links import SITE_NAME, absolute, settings
from campaign.public.cache import keep
from campaign.public.campaigns import find_campaign

pages = Blueprint("oembed", __name__)

FRESH_SECONDS = 300
_WIDE, _HIGH = 704, 1000
_PATH = re.compile(r"(?:/([a-z]{2}))?/campaigns/([a-z0-9][a-z0-9-]{0,99})/?")


@pages.get("/oembed")
def oembed() -> Response:
    if request.args.get("format", "json") != "json":
        # Its specification has 501 for this, which would stand among our failures.
        raise exceptions.BadRequest("Only format=json is answered here.")
    prefix, found = _campaign(request.args.get("url", ""))
    title = found.words(prefix[1:] or found.language).title
    response = jsonify(
        version="1.0",
        type="rich",
        provider_name=SITE_NAME,
        provider_url=absolute("/"),
        title=title,
        cache_age=FRESH_SECONDS,
        **_frame(absolute(f"{prefix}/campaigns/{found.slug}/embed"), title),
        **_thumbnail(absolute(f"{prefix}/campaigns/{found.slug}/share.png")),
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return keep(response, 10)


def _campaign(url: str) -> tuple[str, Campaign]:
    """The language that stands in the address of a campaign's page, and the campaign."""
    if not url:
        raise exceptions.BadRequest("Give the address of a campaign as url=…")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise NotFound from None
    path = _PATH.fullmatch(parts.path)
    if f"{parts.scheme}://{parts.netloc}" != settings().base_url or not path:
        raise NotFound
    code, slug = path.groups()
    if code and code not in NAMES:
        raise NotFound
    return f"/{code}" if code else "", find_campaign(slug)


def _at_most(name: str, usual: int) -> int:
    given = request.args.get(name)
    if given is None:
        return usual
    if not re.fullmatch("[1-9][0-9]{0,5}", given):
        raise exceptions.BadRequest(f"{name} must be a whole number from 1 to 999999.")
    return min(usual, int(given))


def _frame(src: str, title: str) -> dict[str, object]:
    size = {"width": _at_most("maxwidth", _WIDE), "height": _at_most("maxheight", _HIGH)}
    html = render_template("public/oembed.html", src=src, title=title, **size)
    return {"html": html.strip(), **size}


def _thumbnail(url: str) -> dict[str, object]:
    # A thumbnail must keep to the same limits as the form, and ours comes in one size.
    if _at_most("maxwidth", WIDTH) < WIDTH or _at_most("maxheight", HEIGHT) < HEIGHT:
        return {}
    return {"thumbnail_url": url, "thumbnail_width": WIDTH, "thumbnail_height": HEIGHT}
