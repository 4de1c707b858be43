"""Home, and the articles."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from campaign.articles.models import Article
from campaign.campaigns.models import Campaign
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.public.cache import keep
from campaign.public.views import article_card, article_view, campaign_card
from campaign.signatures.tallies import displayed_counts

pages = Blueprint("articles", __name__)

PER_PAGE = 12


@pages.get("/")
def home() -> Response:
    counts = displayed_counts()
    shown = (
        select(Campaign)
        .where(Campaign.state.in_(("open", "paused")), Campaign.not_over())
        .order_by(Campaign.accepting().desc(), Campaign.created_at.desc(), Campaign.id.desc())
        .limit(6)
    )
    latest = select(Article).order_by(Article.published.desc(), Article.id.desc()).limit(6)
    html = render_template(
        "public/home.html",
        campaigns=[campaign_card(c, counts.get(c.id, 0)) for c in db.session.scalars(shown)],
        articles=[article_card(a) for a in db.session.scalars(latest)],
    )
    return keep(make_response(html), 2, whatever_query=True)


@pages.get("/articles")
def article_list() -> Response:
    total = db.session.scalar(select(func.count()).select_from(Article)) or 0
    last = max(1, -(-total // PER_PAGE))
    wanted = request.args.get("page", "1")
    if not (wanted.isdecimal() and wanted.isascii() and len(wanted) < 6):
        raise NotFound
    page = int(wanted)
    if not 1 <= page <= last:
        raise NotFound
    chosen = (
        select(Article)
        .order_by(Article.published.desc(), Article.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    html = render_template(
        "public/articles.html",
        articles=[article_card(a) for a in db.session.scalars(chosen)],
        page=page,
        pages=last,
    )
    return keep(make_response(html), 2)


@pages.get("/articles/<slug:slug>")
def article(slug: str) -> Response:
    found = db.session.scalar(
        select(Article).where(Article.slug == slug).options(joinedload(Article.campaign))
    )
    if found is None:
        raise NotFound
    campaign = found.campaign if found.campaign and found.campaign.state != "draft" else None
    more = (
        select(Article)
        .where(Article.id != found.id)
        .order_by((Article.topic == found.topic).desc(), Article.published.desc())
        .limit(3)
    )
    html = render_template(
        "public/article.html",
        article=article_view(found, _slugs_by_title(found)),
        campaign=campaign_card(campaign, displayed_counts().get(campaign.id, 0))
        if campaign
        else None,
        campaign_href=f"/campaigns/{campaign.slug}?from={slug}" if campaign else None,
        more=[article_card(a) for a in db.session.scalars(more)],
    )
    return keep(make_response(html), 2, whatever_query=True)


def _slugs_by_title(article: Article) -> dict[str, str]:
    titles = [
        raw["title"].casefold()
        for raw in article.blocks
        if raw["kind"] == "read_more" and not raw.get("href")
    ]
    if not titles:
        return {}
    rows = db.session.execute(
        select(Article.title, Article.slug).where(func.lower(Article.title).in_(titles))
    )
    return {title.casefold(): slug for title, slug in rows}
