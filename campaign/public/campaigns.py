"""The list of campaigns, a campaign's page, and its count."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, make_response, render_template
from sqlalchemy import select

from campaign.articles.models import Article
from campaign.campaigns.models import Campaign
from campaign.countries import country_options
from campaign.delivery.handed import Published, published
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.languages import local_number, ngettext
from campaign.links import absolute
from campaign.public.cache import keep
from campaign.public.views import CampaignView, campaign_card, campaign_view
from campaign.signatures.comments import PublicComment, public_comments
from campaign.signatures.consents import CURRENT
from campaign.signatures.public_names import public_names
from campaign.signatures.tallies import displayed_counts, on_paper, tally

pages = Blueprint("campaigns", __name__)

FRESH_SECONDS = 1
NOTHING_DELIVERED = Published()


@pages.get("/campaigns")
def campaign_list() -> Response:
    counts = displayed_counts()
    chosen = (
        select(Campaign)
        .where(Campaign.state != "draft")
        .order_by(Campaign.accepting().desc(), Campaign.created_at.desc(), Campaign.id.desc())
    )
    cards = [campaign_card(c, counts.get(c.id, 0)) for c in db.session.scalars(chosen)]
    html = render_template("public/campaigns.html", campaigns=cards)
    return keep(make_response(html), 2, whatever_query=True)


@pages.get("/campaigns/<slug:slug>")
def campaign(slug: str) -> Response:
    # Where a visitor came from stands in the query; signing reads it from the Referer header,
    # so that this page stays the same for everybody.
    response = make_response(render_campaign(slug, values={}, errors={}))
    return keep(response, FRESH_SECONDS, whatever_query=True)


@pages.get("/campaigns/<slug:slug>/count.json")
def count(slug: str) -> Response:
    found = tally(slug)
    figure = local_number(found.count)
    response = jsonify(
        campaign=found.campaign,
        count=found.count,
        goal=found.goal,
        as_of=found.as_of.isoformat(timespec="seconds"),
        words=ngettext(
            "%(figure)s person has signed",
            "%(figure)s people have signed",
            found.count,
            figure=figure,
        ),
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return keep(response, FRESH_SECONDS, whatever_query=True)


def find_campaign(slug: str) -> Campaign:
    """The campaign that the public may see under `slug`. Raises NotFound."""
    found = db.session.scalar(select(Campaign).where(Campaign.slug == slug))
    if found is None or found.state == "draft":
        raise NotFound
    return found


def render_campaign(
    slug: str, *, values: dict[str, str], errors: dict[str, str], source: str = ""
) -> str:
    """The campaign's page, with what was typed and what is wrong with it. Raises NotFound.

    `source` is where its reader came from, if its address does not say it.
    """
    found = find_campaign(slug)
    leading_here = (
        select(Article)
        .where(Article.campaign_id == found.id, Article.shown())
        .order_by(Article.published.desc())
        .limit(3)
    )
    count = displayed_counts().get(found.id, 0)
    articles = list(db.session.scalars(leading_here))
    view = campaign_view(found, found.texts[-1], count, articles)
    return render_view(
        view,
        values=values,
        errors=errors,
        comments=public_comments(found.id),
        delivered=published(found.id),
        names=public_names(found.id),
        paper=on_paper(found.id),
        share_url=absolute(f"/campaigns/{slug}?from=share"),
        source=f"?{quote(source, safe='=&')}" if source else "",
    )


def render_view(
    view: CampaignView,
    *,
    values: dict[str, str],
    errors: dict[str, str],
    comments: Sequence[PublicComment] = (),
    delivered: Published = NOTHING_DELIVERED,
    names: Sequence[str] = (),
    paper: int = 0,
    share_url: str = "",
    source: str = "",
) -> str:
    """The page of a campaign, which may be one that is not stored yet."""
    return render_template(
        "public/campaign.html",
        campaign=view,
        accepting=view.accepting,
        articles=view.articles,
        form={
            "values": values,
            "errors": errors,
            "country_options": country_options(values.get("country", "")),
            "consent_wording": CURRENT.spoken(),
        },
        comments=comments,
        delivered=delivered,
        names_shown=names,
        on_paper=paper,
        share_url=share_url,
        source=source,
    )
