"""Reads pages as a browser does: where links lead, and what a form sends."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """The links of a page, its words, and its forms with what they hold at first."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: dict[str, dict[str, str]] = {}
        self.words = ""
        self._fields: dict[str, str] = {}
        self.feed(html)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(found.get("href", ""))
        if tag == "form":
            assert found["method"] == "post"
            self._fields = self.forms[found["action"]] = {}
        if tag in ("input", "select", "textarea"):
            ticked = found.get("type") != "checkbox" or "checked" in found
            self._fields[found["name"]] = found.get("value", "") if ticked else ""

    def handle_data(self, data: str) -> None:
        self.words += data

    def link_to(self, start: str) -> str:
        """Where the first link leads that begins like this."""
        return next(link for link in self.links if link.startswith(start))
