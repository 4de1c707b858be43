"""Campaigns: write, schedule, open and close, preview."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from campaign.campaigns.listing import official_choices, text_versions
from campaign.campaigns.models import Campaign
from campaign.campaigns.previewing import unsaved_campaign
from campaign.campaigns.publishing import MAX_OFFICIALS
from campaign.campaigns.saving import is_signed, save_campaign
from campaign.campaigns.translations import translation_states
from campaign.campaigns.values import campaign_values
from campaign.content.comparing import compare, shown
from campaign.content.drafts import Values
from campaign.content.history import Opened, Saved, opened
from campaign.content.translating import STALE, language_choices
from campaign.errors import Invalid
from campaign.languages import DEFAULT
from campaign.links import settings
from campaign.public.campaigns import render_view
from campaign.public.views import campaign_view
from campaign.signatures.tallies import displayed_counts
from campaign.staff import writing
from campaign.staff.doors import ORGANISER, actor, door

pages = Blueprint("campaign_editing", __name__)

_TEXTS: tuple[str, ...] = ("title", "slug", "ask", "goal", "summary", "state", "opens", "closes")
_TEXTS += ("language", "keep_months", "picture", "picture_alt", "markdown")
_FEWEST_ROWS = 3


@pages.get("/campaigns/new")
@door(ORGANISER)
def new() -> Response:
    return _show({"state": "draft", "officials": []})


@pages.post("/campaigns/new")
@door(ORGANISER)
def add() -> Response:
    return _save(None)


@pages.get("/campaigns/<slug:slug>/edit")
@door(ORGANISER)
def edit(slug: str) -> Response:
    found = _opened(slug)
    return _show(found.values, slug=slug, revision=found.revision, now=found)


@pages.post("/campaigns/<slug:slug>/edit")
@door(ORGANISER)
def save(slug: str) -> Response:
    return _save(slug)


@pages.post("/preview/campaign")
@door(ORGANISER)
def preview() -> Response:
    campaign, text = unsaved_campaign(_sent())
    count = displayed_counts().get(campaign.id, 0)
    view = campaign_view(campaign, text, count, [], wanted=campaign.language)
    return writing.preview(render_view(view, values={}, errors={}))


def again(slug: str | None = None) -> Response:
    """The form with what was sent; nothing is saved."""
    return _show(_sent(slug), slug=slug, revision=writing.opened_at())


def _save(slug: str | None) -> Response:
    values = _sent(slug)
    if "up" in request.form or "more" in request.form:
        return _rearranged(values, slug)

    def act() -> Saved:
        writing.take_picture(values)
        return save_campaign(
            values,
            actor=actor(),
            slug=slug,
            revision=writing.opened_at(),
            new_text=request.form.get("new_text") == "y",
            reopen=request.form.get("reopen") == "y",
        )

    def show(values: Values, **context: Any) -> Response:
        return _show(values, slug=slug, **context)

    saved = writing.attempt(act, show, values, lambda: _opened(slug or ""))
    if isinstance(saved, Response):
        return saved
    flash(_said(saved), "success")
    return redirect(f"/staff/campaigns/{saved.slug}/edit", 303)


def _said(saved: Saved) -> str:
    if saved.outcome == "unchanged":
        return "Nothing was changed."
    times = writing.in_utc(_opened(saved.slug).values, opens="It opens at", closes="It closes at")
    note = f" Its pledge is now {saved.note}." if saved.note and saved.outcome != "added" else ""
    old = any(one.state == STALE for one in translation_states(saved.slug)[2])
    look = " Its translations are out of date: look at them." if old else ""
    return f"The campaign is saved.{note}{times}{look}"


def _rearranged(values: dict[str, Any], slug: str | None) -> Response:
    """The form with an official one place further up, or with another row; nothing is saved.

    A picture that was chosen is stored all the same: no form can choose it again by itself.
    """
    chosen, up = values["officials"], request.form.get("up", "")
    at = int(up) if up.isdecimal() and up.isascii() and len(up) < 4 else 0
    if 0 < at < len(chosen):
        chosen[at - 1], chosen[at] = chosen[at], chosen[at - 1]
    rows = len(request.form.getlist("officials")) + ("more" in request.form)
    errors = {}
    try:
        writing.take_picture(values)
    except Invalid as invalid:
        errors = writing.labelled(invalid.fields)
    at = writing.opened_at()
    return _show(values, slug=slug, revision=at, rows=min(rows, 100), errors=errors)


def _sent(slug: str | None = None) -> dict[str, Any]:
    values = writing.sent(*_TEXTS, lists=("officials",), moments=("opens", "closes"))
    language = values["language"] or DEFAULT
    return {**values, "slug": slug or values["slug"], "language": language}


def _opened(slug: str) -> Opened:
    return opened(Campaign, slug, campaign_values)


def _show(
    values: Values, *, slug: str | None = None, revision: int = 0, rows: int = 0, **context: Any
) -> Response:
    chosen = [one for one in values.get("officials", ()) if one][:MAX_OFFICIALS]
    blank = max(rows, _FEWEST_ROWS, len(chosen) + 1) - len(chosen)
    versions = text_versions(slug) if slug else []
    typed = shown(values.get("markdown", ""))
    text = compare(shown(versions[0].markdown), typed) if versions else []
    return writing.page(
        "staff/campaign_form.html",
        values=values,
        slug=slug,
        revision=revision,
        rows=[*chosen, *[""] * blank],
        choices=official_choices(),
        languages=language_choices(),
        stored=_opened(slug).values["state"] if slug else "draft",
        version=versions[0].number if versions else 0,
        text=text,
        signed=is_signed(slug) if slug else False,
        usual_months=settings().keep_months,
        **context,
    )
