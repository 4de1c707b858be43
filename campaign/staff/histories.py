"""What was saved before: versions of a pledge, earlier saves of anything, compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, render_template, request

from campaign.campaigns.listing import text_versions
from campaign.content.comparing import differences
from campaign.content.history import Revision, content_of, revisions
from campaign.content.translating import KNOWN
from campaign.errors import NotFound
from campaign.staff.doors import ADMIN, ORGANISER, door

pages = Blueprint("histories", __name__)


@pages.get("/campaigns/<slug:slug>/versions")
@door(ORGANISER)
def versions(slug: str) -> str:
    found = text_versions(slug)
    texts = {version.number: {"text": version.markdown} for version in found}
    listed = [Revision(version.number, "", version.at) for version in found]
    trail = [(f"/staff/campaigns/{slug}/edit", slug)]
    heading = "Versions of the pledge"
    return _compared(listed, lambda number: texts[number], heading=heading, trail=trail)


@pages.get("/campaigns/<slug:slug>/history")
@door(ORGANISER)
def campaign_history(slug: str) -> str:
    return _history(f"campaign:{slug}", [(f"/staff/campaigns/{slug}/edit", slug)])


@pages.get("/articles/<slug:slug>/history")
@door(ORGANISER)
def article_history(slug: str) -> str:
    trail = [("/staff/articles", "Articles"), (f"/staff/articles/{slug}/edit", slug)]
    return _history(f"article:{slug}", trail)


@pages.get("/campaigns/<slug:slug>/translations/<language>/history")
@door(ORGANISER)
def campaign_translation_history(slug: str, language: str) -> str:
    return _translation_history("campaign", slug, language)


@pages.get("/articles/<slug:slug>/translations/<language>/history")
@door(ORGANISER)
def article_translation_history(slug: str, language: str) -> str:
    return _translation_history("article", slug, language)


@pages.get("/officials/<slug:slug>/history")
@door(ADMIN)
def official_history(slug: str) -> str:
    trail = [("/staff/officials", "Officials"), (f"/staff/officials/{slug}/edit", slug)]
    return _history(f"official:{slug}", trail)


def _translation_history(kind: str, slug: str, language: str) -> str:
    if language not in KNOWN:
        raise NotFound
    trail = [(f"/staff/{kind}s/{slug}/translations/{language}", slug)]
    return _history(f"{kind}:{slug}:{language}", trail)


def _history(subject: str, trail: list[tuple[str, str]]) -> str:
    listed = revisions(subject)
    if not listed:
        raise NotFound
    return _compared(
        listed, lambda number: content_of(subject, number), heading="Earlier saves", trail=trail
    )


def _compared(
    listed: list[Revision],
    read: Callable[[int], Mapping[str, Any]],
    **context: Any,
) -> str:
    numbers = [one.number for one in listed]
    new = _asked("new", numbers, numbers[0])
    old = _asked("old", numbers, numbers[1] if len(numbers) > 1 else new)
    before, after = read(old), read(new)
    # Saves from before there was a field do not have it.
    found = differences({**dict.fromkeys(after, ""), **before}, after)
    return render_template(
        "staff/history.html", listed=listed, old=old, new=new, found=found, **context
    )


def _asked(name: str, numbers: list[int], otherwise: int) -> int:
    """The number in the query. Raises NotFound for one that there is not."""
    given = request.args.get(name)
    if given is None:
        return otherwise
    if not re.fullmatch("[0-9]{1,9}", given) or int(given) not in numbers:
        raise NotFound
    return int(given)
