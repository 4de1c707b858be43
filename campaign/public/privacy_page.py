"""/privacy: what is held of supporters, why and how long, as this installation is set up."""

from __future__ import annotations

from email.utils import parseaddr

from flask import Blueprint, Response, make_response, render_template
from sqlalchemy import select

from campaign.campaigns.models import Campaign
from campaign.extensions import db
from campaign.links import SITE_NAME, settings
from campaign.public.cache import keep
from campaign.public.campaign_words import campaign_words
from campaign.signatures.signing import CONFIRM_DAYS

pages = Blueprint("privacy_page", __name__)

FRESH_SECONDS = 60


@pages.get("/privacy")
def show() -> Response:
    site = settings()
    html = render_template(
        "public/privacy.html",
        site=site,
        organisation=site.organisation or SITE_NAME,
        contact=site.contact_email or parseaddr(site.mail_from)[1],
        confirm_days=CONFIRM_DAYS,
        own_times=_own_times(),
    )
    return keep(make_response(html), FRESH_SECONDS, whatever_query=True)


def _own_times() -> list[tuple[str, str, int]]:
    """The campaigns whose signatures are kept for another time: slug, title, months."""
    months = Campaign.keep_months
    query = select(Campaign.slug, Campaign.title, months).where(
        months.is_not(None), months != settings().keep_months, Campaign.state != "draft"
    )
    rows = db.session.execute(query.order_by(Campaign.title, Campaign.id))
    return [(slug, campaign_words(slug, title)[0], kept or 0) for slug, title, kept in rows]
