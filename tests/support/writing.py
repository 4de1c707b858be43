"""Forms of the workspace that pass, and what a page's form holds."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

from PIL import Image

from tests.support.making import TEXT
from tests.support.staff import Staff

MAYOR = "official-of-night-buses"


def article_form(**changes: Any) -> dict[str, Any]:
    """The fields of an article's form, with `changes`."""
    return {
        "title": "The last bus",
        "slug": "the-last-bus",
        "section": "Stories",
        "topic": "Getting Around",
        "author": "Ada Okafor",
        "published": "2026-01-16T08:30",
        "state": "published",
        "summary": "",
        "campaign": "",
        "markdown": "At ten to one the door opens.",
        **changes,
    }


def campaign_form(**changes: Any) -> dict[str, Any]:
    """The fields of a campaign's form, with `changes`."""
    return {
        "title": "School libraries",
        "slug": "school-libraries",
        "ask": "Open every school library at noon.",
        "summary": "",
        "goal": "1000",
        "markdown": "We ask for open doors.",
        "state": "draft",
        "opens": "",
        "closes": "",
        **changes,
    }


def night_buses(**changes: Any) -> dict[str, Any]:
    """The form of the campaign that `make_campaign` makes."""
    given = {"title": "Night buses for everyone", "ask": "Run a bus on every line, every night."}
    return campaign_form(
        **{**given, "slug": "", "markdown": TEXT, "state": "open", "officials": [MAYOR], **changes}
    )


def revision_in(page: str) -> str:
    """The revision that a form was opened at."""
    found = re.search(r'name="revision" value="([0-9]+)"', page)
    assert found, page
    return found[1]


def opened(browser: Staff, path: str) -> str:
    """The revision that the form at `path` is opened at now."""
    return revision_in(browser.get(path).text)


def error_of(page: str, field: str) -> str:
    """The message beside a field."""
    found = re.search(rf'id="error-{field}">.*?</span>(.*?)</p>', page)
    assert found, page
    return unescape(found[1])


def photo(size: tuple[int, int] = (40, 30), kind: str = "JPEG", **given: Any) -> bytes:
    """A picture: red on the left, blue on the right."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **given)
    return out.getvalue()
