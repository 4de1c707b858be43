"""The form of a campaign in a frame on somebody else's page: read, sign, look into the mail.

Nothing in it knows the visitor, and it is signed by what is typed into it: a page that lays
something over the frame gains nothing by a click.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from campaign.countries import country_options
from campaign.public.cache import keep
from campaign.public.campaigns import FRESH_SECONDS, find_campaign
from campaign.public.embed_look import Look, read_look
from campaign.public.languages import to
from campaign.public.signing import sign_limit, take_pledge
from campaign.public.views import campaign_card, campaign_view
from campaign.signatures.consents import CURRENT
from campaign.signatures.tallies import displayed_counts

pages = Blueprint("embedding", __name__)


@pages.get("/campaigns/<slug:slug>/embed")
def embed(slug: str) -> Response:
    html = _form(slug, read_look(), values={}, errors={})
    return keep(make_response(html), FRESH_SECONDS)


@pages.post("/campaigns/<slug:slug>/embed/sign")
@sign_limit
def sign_embedded(slug: str) -> Response:
    look = read_look()
    return take_pledge(
        slug,
        source=f"from=embed:{look.source}".rstrip(":"),
        page=lambda **typed: _form(slug, look, **typed),
        thanks=look.address(to(f"/campaigns/{slug}/embed/check-email")),
    )


@pages.get("/campaigns/<slug:slug>/embed/check-email")
def embedded_check_email(slug: str) -> Response:
    look, card = read_look(), campaign_card(find_campaign(slug), 0)
    html = render_template("public/embed_check_email.html", campaign=card, look=look)
    return keep(make_response(html), 2)


def _form(slug: str, look: Look, *, values: dict[str, str], errors: dict[str, str]) -> str:
    found = find_campaign(slug)
    count = displayed_counts().get(found.id, 0)
    html = render_template(
        "public/embed.html",
        campaign=campaign_view(found, found.texts[-1], count, []),
        look=look,
        sign_action=look.address(to(f"/campaigns/{slug}/embed/sign")),
        form={
            "values": values,
            "errors": errors,
            "country_options": country_options(values.get("country", "")),
            "consent_wording": CURRENT.spoken(),
        },
    )
    # Browsers refuse this in a frame, with an error on the console of the page around it. There
    # static/js/frame.js moves the focus.
    return html.replace(' tabindex="-1" autofocus', ' tabindex="-1"')
