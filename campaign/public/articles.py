"""Home, and the articles."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload

from campaign.articles.models import Article
from campaign.campaigns.models import Campaign
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.links import absolute
from campaign.public.cache import keep
from campaign.public.views import article_card, article_view, campaign_card
from campaign.signatures.tallies import confirmed_lately, displayed_counts

pages = Blueprint("articles", __name__)

PER_PAGE = 12


@pages.get("/")
def home() -> Response:
    counts = displayed_counts()
    # What most people sign at present, then what is new.
    moving = confirmed_lately(Campaign.id).desc()
    shown = (
        select(Campaign)
        .where(Campaign.state.in_(("open", "paused")), Campaign.not_over())
        .order_by(
            Campaign.accepting().desc(), moving, Campaign.created_at.desc(), Campaign.id.desc()
        )
        .limit(6)
    )
    latest = _newest_first().limit(6)
    html = render_template(
        "public/home.html",
        campaigns=[campaign_card(c, counts.get(c.id, 0)) for c in db.session.scalars(shown)],
        articles=[article_card(a) for a in db.session.scalars(latest)],
    )
    return keep(make_response(html), 2, whatever_query=True)


@pages.get("/articles")
def article_list() -> Response:
    shown = select(func.count()).select_from(Article).where(Article.shown())
    total = db.session.scalar(shown) or 0
    last = max(1, -(-total // PER_PAGE))
    wanted = request.args.get("page", "1")
    if not (wanted.isdecimal() and wanted.isascii() and len(wanted) < 6):
        raise NotFound
    page = int(wanted)
    if not 1 <= page <= last:
        raise NotFound
    chosen = _newest_first().limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    html = render_template(
        "public/articles.html",
        articles=[article_card(a) for a in db.session.scalars(chosen)],
        page=page,
        pages=last,
    )
    return keep(make_response(html), 2)


@pages.get("/articles/<slug:slug>")
def article(slug: str) -> Response:
    chosen = select(Article).where(Article.slug == slug, Article.shown())
    found = db.session.scalar(chosen.options(joinedload(Article.campaign)))
    if found is None:
        raise NotFound
    return keep(make_response(render_article(found, found.campaign)), 2, whatever_query=True)


def render_article(article: Article, leads_to: Campaign | None) -> str:
    """The page of an article, which may be one that is not stored yet."""
    campaign = leads_to if leads_to and leads_to.state != "draft" else None
    return render_template(
        "public/article.html",
        article=article_view(article, _slugs_by_title(article)),
        campaign=campaign_card(campaign, displayed_counts().get(campaign.id, 0))
        if campaign
        else None,
        campaign_href=f"/campaigns/{campaign.slug}?from={article.slug}" if campaign else None,
        share_url=absolute(f"/articles/{article.slug}"),
        more=[article_card(a) for a in _more(article)],
    )


def _newest_first() -> Select[Article]:
    shown = select(Article).where(Article.shown())
    return shown.order_by(Article.published.desc(), Article.id.desc())


def _more(article: Article) -> Sequence[Article]:
    """What to read next: first what was chosen, in that order, then what is on the same topic."""
    chosen = func.array_position(cast(article.related or [], ARRAY(String)), Article.slug)
    found = (
        select(Article)
        .where(Article.shown(), Article.slug != article.slug)
        .order_by(
            chosen.asc().nulls_last(),
            (Article.topic == article.topic).desc(),
            Article.published.desc(),
        )
        .limit(max(3, len(article.related or [])))
    )
    return db.session.scalars(found).all()


def _slugs_by_title(article: Article) -> dict[str, str]:
    titles = [
        raw["title"].casefold()
        for raw in article.blocks
        if raw["kind"] == "read_more" and not raw.get("href")
    ]
    if not titles:
        return {}
    named = func.lower(Article.title).in_(titles)
    rows = db.session.execute(select(Article.title, Article.slug).where(named, Article.shown()))
    return {title.casefold(): slug for title, slug in rows}
