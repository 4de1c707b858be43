"""Articles: list, write, schedule, preview."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from campaign.articles import listing
from campaign.articles.models import Article
from campaign.articles.previewing import unsaved_article
from campaign.articles.saving import save_article
from campaign.articles.values import article_values
from campaign.campaigns.listing import campaign_choices
from campaign.content.drafts import Values
from campaign.content.history import Opened, Saved, opened
from campaign.content.translating import language_choices
from campaign.languages import DEFAULT
from campaign.public.articles import render_article
from campaign.staff import writing
from campaign.staff.doors import ORGANISER, actor, door, me

pages = Blueprint("articles", __name__)

LIST = "/staff/articles"
_TEXTS: tuple[str, ...] = ("title", "slug", "section", "topic", "author", "summary", "state")
_TEXTS += ("published", "language", "campaign", "picture", "picture_alt", "markdown")


@pages.get("/articles")
@door(ORGANISER)
def article_list() -> str:
    search, phase = request.args.get("search", ""), request.args.get("phase", "")
    number = writing.page_number()
    found, more = listing.articles(search=search, phase=phase, page=number)

    def at(page: int) -> str:
        return f"{LIST}?" + urlencode({"search": search, "phase": phase, "page": page})

    return render_template(
        "staff/articles.html",
        articles=found,
        search=search,
        phase=phase,
        phases=listing.PHASES,
        first=at(1),
        newer=at(number - 1) if number > 1 else None,
        older=at(number + 1) if more else None,
    )


@pages.get("/articles/new")
@door(ORGANISER)
def new() -> Response:
    values = {"state": "draft", "author": me().name, "campaign": request.args.get("campaign", "")}
    return _show(values)


@pages.post("/articles/new")
@door(ORGANISER)
def add() -> Response:
    return _save(None)


@pages.get("/articles/<slug:slug>/edit")
@door(ORGANISER)
def edit(slug: str) -> Response:
    found = _opened(slug)
    return _show(found.values, slug=slug, revision=found.revision, now=found)


@pages.post("/articles/<slug:slug>/edit")
@door(ORGANISER)
def save(slug: str) -> Response:
    return _save(slug)


@pages.post("/preview/article")
@door(ORGANISER)
def preview() -> Response:
    article, campaign = unsaved_article(_sent())
    return writing.preview(render_article(article, campaign))


def again(slug: str | None = None) -> Response:
    """The form with what was sent; nothing is saved."""
    return _show(_sent(slug), slug=slug, revision=writing.opened_at())


def _save(slug: str | None) -> Response:
    values = _sent(slug)

    def act() -> Saved:
        writing.take_picture(values)
        return save_article(values, actor=actor(), slug=slug, revision=writing.opened_at())

    def show(values: Values, **context: Any) -> Response:
        return _show(values, slug=slug, **context)

    saved = writing.attempt(act, show, values, lambda: _opened(slug or ""))
    if isinstance(saved, Response):
        return saved
    times = writing.in_utc(_opened(saved.slug).values, published="Its time is")
    unchanged = saved.outcome == "unchanged"
    flash("Nothing was changed." if unchanged else f"The article is saved.{times}", "success")
    return redirect(f"{LIST}/{saved.slug}/edit", 303)


def _sent(slug: str | None = None) -> dict[str, Any]:
    values = writing.sent(*_TEXTS, lists=("related",), moments=("published",))
    language = values["language"] or DEFAULT
    return {**values, "slug": slug or values["slug"], "language": language}


def _opened(slug: str) -> Opened:
    return opened(Article, slug, article_values)


def _show(
    values: Values, *, slug: str | None = None, revision: int = 0, **context: Any
) -> Response:
    used = {name: listing.used(name) for name in ("section", "topic", "author")}
    return writing.page(
        "staff/article_form.html",
        values=values,
        slug=slug,
        revision=revision,
        used=used,
        campaigns=campaign_choices(),
        languages=language_choices(),
        others=[one for one in listing.choices() if one[0] != slug],
        **context,
    )
