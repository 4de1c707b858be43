"""Signatures of a campaign: find them, read one's whole story, exclude it or put it back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from campaign.countries import country_names, country_options
from campaign.errors import Invalid
from campaign.signatures import comments, excluding
from campaign.signatures.condition import NARROWING, Condition, read_condition
from campaign.signatures.finding import Page, find
from campaign.signatures.models import STATES
from campaign.signatures.standing import standing
from campaign.signatures.story import story
from campaign.staff.doors import ADMIN, actor, door
from campaign.staff.hiding import asked_for, hidden_query

pages = Blueprint("signatures", __name__)

LIST = "/campaigns/<slug:slug>/signatures"
ONE = f"{LIST}/<int:number>"


@pages.get(LIST)
@door(ADMIN)
def search(slug: str) -> str | tuple[str, int]:
    values = asked_for(request.args)
    places = {name: values.get(name, "") for name in ("newer", "older")}
    try:
        condition = read_condition(values)
        page = find(slug, condition, actor=actor(), **places)
    except Invalid as invalid:
        return _list(slug, Condition(), Page([]), values, invalid.fields), 400
    return _list(slug, condition, page, condition.values(), {})


@pages.post(LIST)
@door(ADMIN)
def search_for(slug: str) -> Response | tuple[str, int]:
    """A search as an address: a name or an address of a person stands in it hidden."""
    try:
        condition = read_condition(request.form)
    except Invalid as invalid:
        html = _list(slug, Condition(), Page([]), request.form.to_dict(), invalid.fields)
        return html, 400
    return redirect(f"/staff/campaigns/{slug}/signatures?{query_of(condition)}", 303)


@pages.get(ONE)
@door(ADMIN)
def signature(slug: str, number: int) -> str:
    return _one(slug, number, {}, {})


@pages.post(f"{ONE}/exclude")
@door(ADMIN)
def exclude(slug: str, number: int) -> Response | tuple[str, int]:
    try:
        changed = excluding.exclude(slug, number, request.form.get("reason", ""), actor=actor())
    except Invalid as invalid:
        return _one(slug, number, request.form.to_dict(), invalid.fields), 400
    flash("The signature is excluded." if changed else "It was excluded already.", "success")
    return _back(slug, number)


@pages.post(f"{ONE}/restore")
@door(ADMIN)
def restore(slug: str, number: int) -> Response | tuple[str, int]:
    try:
        changed = excluding.restore(slug, number, request.form.get("reason", ""), actor=actor())
    except Invalid as invalid:
        return _one(slug, number, request.form.to_dict(), invalid.fields), 400
    flash("The signature is restored." if changed else "It was not excluded.", "success")
    return _back(slug, number)


@pages.post(f"{ONE}/comment")
@door(ADMIN)
def decide_comment(slug: str, number: int) -> Response:
    approve = request.form.get("decision") == "approve"
    read = {number: request.form.get("read", "")}
    decided = comments.decide(slug, read, approve=approve, actor=actor())
    if decided.unread:
        flash("Nothing was decided: the comment has changed meanwhile. Read it again.", "error")
    elif not decided.changed:
        flash("Nothing was changed: the comment may not be shown, or was decided upon before.")
    else:
        flash("The comment is shown now." if approve else "The comment is not shown.", "success")
    return _back(slug, number)


def query_of(condition: Condition, **more: str) -> str:
    """The query string that stands for `condition`, without anything that names a person."""
    return hidden_query({**condition.values(), **more})


def _list(
    slug: str, condition: Condition, page: Page, values: dict[str, str], errors: dict[str, str]
) -> str:
    narrow = any(getattr(condition, name) for name in NARROWING) and not condition.q
    return render_template(
        "staff/signatures.html",
        campaign=standing(slug),
        signatures=page.signatures,
        values=values,
        errors=errors,
        newer=f"?{query_of(condition, newer=page.newer)}" if page.newer else None,
        older=f"?{query_of(condition, older=page.older)}" if page.older else None,
        exclusion=f"exclusions/preview?{query_of(condition)}" if narrow else None,
        states=STATES,
        countries=country_options(values.get("country", "")),
        filtered=bool(condition.values()),
    )


def _one(slug: str, number: int, values: dict[str, str], errors: dict[str, str]) -> str:
    found = story(slug, number, actor=actor())
    return render_template(
        "staff/signature.html",
        campaign=standing(slug),
        signature=found,
        country_name=lambda code: country_names().get(code, code),
        values=values,
        errors=errors,
    )


def _back(slug: str, number: int) -> Response:
    return redirect(f"/staff/campaigns/{slug}/signatures/{number}", 303)
