"""The minute after signing: looking for the mail, being thanked, telling friends, signing more."""

from __future__ import annotations

import re
from functools import lru_cache

from flask import Blueprint, Response, make_response, redirect, render_template, request
from markupsafe import Markup
from sqlalchemy import select

from campaign.campaigns.models import Campaign
from campaign.delivery.typesetting.codes import qr_code
from campaign.errors import Invalid
from campaign.extensions import db, limiter
from campaign.links import absolute
from campaign.public.cache import keep, may_be_personal
from campaign.public.campaigns import FRESH_SECONDS, find_campaign, render_campaign
from campaign.public.forms import read_form
from campaign.public.languages import to
from campaign.public.origin import refuse_other_sites
from campaign.public.privacy import private
from campaign.public.views import CampaignCard, campaign_card
from campaign.signatures.own import path_to
from campaign.signatures.prefilling import prefill_token, prefilled
from campaign.signatures.resending import resend
from campaign.signatures.tallies import displayed_counts
from campaign.signatures.thanking import Signer, next_for, signer_of

pages = Blueprint("after", __name__, url_prefix="/campaigns/<slug:slug>")

_OFTEN = "60 per minute; 1200 per hour"
_CONFIRM_PAGE = re.compile(r"(?:/[a-z]{2})?/confirm/([A-Za-z0-9._-]{10,200})")


@pages.get("/check-email")
def check_email(slug: str) -> Response:
    again = request.args.get("again") == "1"
    return keep(make_response(_check_email(slug, again=again)), 2)


@pages.post("/resend")
@limiter.limit(_OFTEN)
def send_again(slug: str) -> Response:
    refuse_other_sites()
    email = read_form(("email",))["email"]
    try:
        resend(slug, email)
    except Invalid as invalid:
        typed = email.replace("\x00", "")
        return make_response(_check_email(slug, email=typed, errors=invalid.fields), 400)
    return make_response(redirect(to(f"/campaigns/{slug}/check-email?again=1"), 303))


@pages.get("/signed")
def signed(slug: str) -> Response:
    if not may_be_personal(request.environ):
        general = keep(make_response(_signed(slug, None)), FRESH_SECONDS, whatever_query=True)
        # A cache on the way goes by the address alone: it would give this page to whoever has just
        # confirmed, in place of theirs. Ours in this process knows the two apart.
        general.headers["Cache-Control"] = "private, no-cache"
        return general
    response = private(make_response(_signed(slug, signer_of(_token(), slug))))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.post("/prefilled")
@limiter.limit(_OFTEN)
def fill_in(slug: str) -> Response:
    refuse_other_sites()
    values = prefilled(read_form(("token",))["token"])
    return private(make_response(render_campaign(slug, values=values, errors={})))


def _check_email(
    slug: str, *, email: str = "", errors: dict[str, str] | None = None, again: bool = False
) -> str:
    return render_template(
        "public/check_email.html",
        campaign=campaign_card(find_campaign(slug), 0),
        email=email,
        errors=errors or {},
        again=again,
    )


def _signed(slug: str, signer: Signer | None) -> str:
    found = find_campaign(slug)
    counts = displayed_counts()
    following = next_for(signer) if signer else None
    address = absolute(f"/campaigns/{slug}?from=share")
    return render_template(
        "public/signed.html",
        campaign=campaign_card(found, counts.get(found.id, 0)),
        number=signer.number if signer else None,
        following=campaign_card(following, counts.get(following.id, 0)) if following else None,
        own_page=path_to(signer.id) if signer else None,
        token=prefill_token(signer.id) if signer and following else "",
        share_url=address,
        share_code=_picture_of(f"{address}-qr"),
        more=[] if following else _others(found, counts),
    )


def _others(found: Campaign, counts: dict[int, int]) -> list[CampaignCard]:
    newest = (
        select(Campaign)
        .where(Campaign.accepting(), Campaign.id != found.id)
        .order_by(Campaign.created_at.desc())
        .limit(2)
    )
    return [campaign_card(c, counts.get(c.id, 0)) for c in db.session.scalars(newest)]


def _token() -> str:
    """The token of the confirmation page of ours that led here, or nothing."""
    path = (request.referrer or "").removeprefix(absolute(""))
    found = _CONFIRM_PAGE.fullmatch(path)
    return found[1] if found else ""


@lru_cache(maxsize=256)
def _picture_of(address: str) -> Markup:
    # Drawing one takes longer than all the rest of the page.
    return Markup(qr_code(address))  # nosec B704: numbers alone.
