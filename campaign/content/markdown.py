"""Markdown made into safe HTML: CommonMark without raw HTML, then a tight list of what may stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from campaign.content.mistakes import quoted

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "em", "strong", "a", "code", "pre"}
TAGS |= {"hr", "br"}
LOWEST_HEADING = 4
BREAKS = ("softbreak", "hardbreak")

# Another site, a mail address, a page of this site (one slash, no backslash: browsers read
# `//` and `/\` as another site), or a place on the page.
_SAFE_LINK = re.compile(
    r"https?://[^\s/?#\\][^\s\\]*|mailto:[^\s\\]+|/(?![/\\])[^\s\\]*|#[^\s\\]*", re.I
)
_ELSEWHERE = re.compile(r"https?:", re.I)

# Raw HTML is shown as text. Pasted plain text must not turn into code because it is indented,
# nor into a heading because a line of dashes follows it.
_parser = MarkdownIt("commonmark", {"html": False})
_parser.disable(["code", "lheading", "html_block", "html_inline"])
# Every link becomes a token, also a wrong one: `problems` names it, `_filtered` drops it.
_parser.validateLink = lambda url: True  # type: ignore[method-assign]
_renderer = RendererHTML(_parser)


@dataclass(frozen=True)
class Document:
    """A parsed text."""

    tokens: list[Token]

    def html(self) -> str:
        return safe_html(self.tokens)

    def problems(self) -> Iterator[tuple[int, str]]:
        """What readers would miss: each with its line, counted from 0."""
        for token in self.tokens:
            line = token.map[0] if token.map else 0
            for child in token.children or ():
                line += child.type in BREAKS
                if child.type == "image":
                    yield line, "images are not possible yet"
                elif child.type == "link_open" and not is_safe_link(href_of(child)):
                    link = quoted(unquote(href_of(child)))
                    yield line, f"the link {link} must start with https://, mailto: or /"


def parse(text: str, *, top_heading: int = 2) -> Document:
    """Parse Markdown. Its highest heading becomes `top_heading`, the next one comes below."""
    tokens = _parser.parse(text)
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(top_heading + used.index(token.tag), LOWEST_HEADING)}"
        for child in token.children or ():
            if child.type == "link_open" and _ELSEWHERE.match(href_of(child)):
                child.attrSet("rel", "noopener nofollow")
    return Document(tokens)


def safe_html(tokens: Sequence[Token]) -> str:
    """The HTML of a run of block tokens."""
    return _clean(_renderer.render(tokens, _parser.options, {}))


def safe_paragraph(children: Sequence[Token]) -> str:
    """The HTML of a paragraph made of inline tokens."""
    inline = _renderer.renderInline(children, _parser.options, {})
    return _clean(f"<p>{inline}</p>\n")


def is_safe_link(href: str) -> bool:
    """Whether a link leads to a web page, a mail address or a place on this site."""
    return bool(_SAFE_LINK.fullmatch(href))


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        # The empty set takes away `lang` and `title`, which are allowed everywhere by default.
        attributes={"a": {"href", "rel"}, "ol": {"start"}, "*": set()},
        attribute_filter=_filtered,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    return None if attribute == "href" and not is_safe_link(value) else value


def href_of(link: Token) -> str:
    """Where a `link_open` token leads."""
    return str(link.attrGet("href") or "")
