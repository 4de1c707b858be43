"""Hostile Markdown, and how to tell that what was made of it is safe."""

import re
from html.parser import HTMLParser

from hypothesis import strategies as st

from campaign.content.markdown import TAGS

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '[x](https://a.example" onmouseover="alert(1))',
    '[x](/a "title\\" onclick=\\"alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    '<a href="javascript:alert(1)">x</a>',
    "<svg/onload=alert(1)>",
    '``` x" onload="alert(1)\n```',
    "<!-- --><iframe src=//evil.example>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]

MARKDOWN = st.lists(
    st.one_of(st.sampled_from([*HOSTILE, "# ", "> ", "- ", "1. ", "**", "`", "\n", "\n\n", "]("])),
    max_size=12,
).map("".join) | st.text(max_size=200)


class Seen(HTMLParser):
    """Every tag and attribute that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def assert_safe(html: str) -> None:
    for tag, attributes in Seen(html).tags:
        assert tag in TAGS
        assert set(attributes) <= {"href", "rel"} if tag == "a" else set(attributes) <= {"start"}
        href = attributes.get("href")
        if href is not None:
            assert re.match(r"https?://[^/]|mailto:|/(?![/\\])|#", href, re.IGNORECASE)
