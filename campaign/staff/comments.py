"""Comments waiting to be shown: approve or reject them, several at once."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from campaign.errors import Invalid
from campaign.signatures import comments
from campaign.signatures.comments import LISTS, Comments
from campaign.signatures.standing import standing
from campaign.staff.doors import ADMIN, actor, door

pages = Blueprint("comments", __name__)

LIST = "/campaigns/<slug:slug>/signatures/comments"
_LARGEST = 2**63 - 1


@pages.get(LIST)
@door(ADMIN)
def comment_list(slug: str) -> str | tuple[str, int]:
    return _list(slug, request.args.get("which", "waiting"), _place(request.args), {})


@pages.post(LIST)
@door(ADMIN)
def decide(slug: str) -> Response | str | tuple[str, int]:
    which = request.form.get("which", "waiting")
    decision = request.form.get("decision")
    read = _read(request.form.getlist("read"))
    if decision not in ("approve", "reject") or not read:
        errors = {"form": "Choose at least one comment, then approve or reject."}
        return _list(slug, which, _place(request.form), errors)
    approve = decision == "approve"
    decided = comments.decide(slug, read, approve=approve, actor=actor())
    if decided.changed or not decided.unread:
        what = "1 comment is" if decided.changed == 1 else f"{decided.changed} comments are"
        flash(f"{what} {'approved' if approve else 'rejected'}.", "success")
    if decided.unread:
        what = "1 comment has" if decided.unread == 1 else f"{decided.unread} comments have"
        flash(f"{what} changed meanwhile and must be read again.", "error")
    shown = _query(which if which in LISTS else "waiting", **_place(request.form))
    return redirect(f"/staff/campaigns/{slug}/signatures/comments{shown}", 303)


def _read(chosen: list[str]) -> dict[int, str]:
    """Which comments were chosen, as `12-…`, and the digest of what was read there."""
    parts = [text.partition("-") for text in chosen]
    numbers = [(one, seen) for one, _, seen in parts if one.isdecimal() and len(one) < 20]
    return {int(one): seen for one, seen in numbers if int(one) <= _LARGEST}


def _place(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "") for name in ("newer", "older")}


def _query(which: str, **place: str) -> str:
    return "?" + urlencode({"which": which, **{n: at for n, at in place.items() if at}})


def _list(
    slug: str, which: str, place: dict[str, str], errors: dict[str, str]
) -> str | tuple[str, int]:
    found = Comments([])
    try:
        found = comments.comments(slug, which, **place, actor=actor())
        if not found.comments and any(place.values()):
            # All that was on this page has been decided about.
            place = {}
            found = comments.comments(slug, which, actor=actor())
    except Invalid as invalid:
        which, place, errors = "waiting", {}, invalid.fields
    html = render_template(
        "staff/comments.html",
        campaign=standing(slug),
        comments=found.comments,
        place=place,
        newer=_query(which, newer=found.newer) if found.newer else None,
        older=_query(which, older=found.older) if found.older else None,
        which=which,
        lists=LISTS,
        errors=errors,
    )
    return (html, 400) if errors else html
