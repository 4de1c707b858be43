"""How the form looks on somebody else's page: what its address says, and the style sheet of that.

What cannot be understood is left out: a partner's typing slip must cost nobody the form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, request

from campaign.public.cache import keep
from campaign.public.colours import colour, contrast, darker, readable_on
from campaign.public.static import asset
from campaign.resources import folder

pages = Blueprint("embed_look", __name__)

THEMES = ("light", "dark", "auto")
# In this order, as one file: a frame on a slow page should not wait for three.
_SHEETS = ("css/base.css", "css/site.css", "css/embed.css")
_DARK_QUERY = "(prefers-color-scheme: dark)"
# What the pages' cards are by day and by night.
_CARDS = {"light": ("#ffffff",), "dark": ("#221826",), "auto": ("#ffffff", "#221826")}
_LONGEST_SOURCE = 60


@dataclass(frozen=True)
class Look:
    """A colour as `#rrggbb` or nothing, a theme, and the name of the place that embeds."""

    accent: str = ""
    theme: str = "auto"
    source: str = ""

    def address(self, path: str) -> str:
        """`path` with all of this in its query."""
        return _with_query(path, accent=self.accent[1:], theme=self._theme, **{"from": self.source})

    @property
    def sheet(self) -> str:
        """The address of the style sheet, which changes with what is in it."""
        version = "".join(asset(name).rpartition("=")[2][:4] for name in _SHEETS)
        # Not where it is embedded: all partners of one look share one sheet.
        query = {"accent": self.accent[1:], "theme": self._theme, "v": version}
        return _with_query("/embed.css", **query)

    @property
    def _theme(self) -> str:
        return "" if self.theme == "auto" else self.theme


def read_look() -> Look:
    """What the query of this request asks for."""
    theme = request.args.get("theme", "auto")
    source = re.sub(r"[^\w.:-]+", "-", request.args.get("from", "")[:_LONGEST_SOURCE])
    return Look(
        accent=colour(request.args.get("accent", "")),
        theme=theme if theme in THEMES else "auto",
        source=source.strip("-"),
    )


@pages.get("/embed.css")
def sheet() -> Response:
    look = read_look()
    response = make_response(_rules(look.accent, look.theme))
    response.content_type = "text/css; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return keep(response, 60)


@lru_cache(maxsize=64)
def _rules(accent: str, theme: str) -> str:
    rules = "".join((folder("static") / name).read_text(encoding="utf-8") for name in _SHEETS)
    if theme != "auto":
        # The query of the browser's own wish is answered by whoever embeds.
        rules = rules.replace(_DARK_QUERY, "all" if theme == "dark" else "not all")
        rules += f":root {{ color-scheme: {theme}; }}\n"
    return rules + (_accented(accent, theme) if accent else "")


def _accented(accent: str, theme: str) -> str:
    edge, ink = darker(accent), readable_on(accent)
    rules = f"--action: {accent}; --action-hover: {accent}; --action-edge: {edge};"
    rules += f" --on-action: {ink};"
    # The bar of the count must stand out from the card as well (WCAG 2.2, 1.4.11).
    if all(contrast(accent, card) >= 3 for card in _CARDS[theme]):
        rules += f" --bar: {accent};"
    # `body`, because the page's own colours by day and by night are those of the root.
    return f"body {{ {rules} }}\n"


def _with_query(path: str, **values: str) -> str:
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path
