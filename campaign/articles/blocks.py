"""An article's body as blocks: safe HTML, calls to take action, links to read on.

A call-out is a paragraph that starts with “Take Action:” or “Read More:”, in any case, plain,
bold or as a link. Within a paragraph, each line that starts so begins a call-out of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markdown_it.token import Token

from campaign.content.markdown import (
    BREAKS,
    Document,
    href_of,
    is_safe_link,
    safe_html,
    safe_paragraph,
)

TAKE_ACTION, READ_MORE, HTML = "take_action", "read_more", "html"

_LABEL = re.compile(r"\s*(take\s+action|read\s+more)\s*[::]\s*", re.IGNORECASE)


class Piece(NamedTuple):
    """A block and the line of the body, counted from 0, on which it starts."""

    line: int
    block: dict[str, str]


def pieces(document: Document) -> Iterator[Piece]:
    """The document in blocks, in order."""
    tokens = document.tokens
    start = 0
    for at, token in enumerate(tokens):
        if token.type != "inline" or token.level != 1 or tokens[at - 1].type != "paragraph_open":
            continue
        lines = _lines(token)
        if any(_label(children) for _, children in lines):
            yield from _html(tokens[start : at - 1])
            yield from _paragraph(lines)
            start = at + 2
    yield from _html(tokens[start:])


def _html(tokens: Sequence[Token]) -> Iterator[Piece]:
    html = safe_html(tokens)
    if html.strip():
        line = tokens[0].map[0] if tokens[0].map else 0
        yield Piece(line, {"kind": HTML, "html": html})


def _paragraph(lines: list[tuple[int, list[Token]]]) -> Iterator[Piece]:
    """The pieces of a paragraph: lines without a label belong to what comes before them."""
    line, gathered = lines[0]
    for number, children in lines[1:]:
        if _label(children):
            yield _piece(line, gathered)
            line, gathered = number, []
        gathered = gathered + children
    yield _piece(line, gathered)


def _piece(line: int, children: list[Token]) -> Piece:
    label = _label(children)
    if label is None:
        while children[-1].type in BREAKS:
            children = children[:-1]
        return Piece(line, {"kind": HTML, "html": safe_paragraph(children)})
    text = " ".join(_plain(children)[label.end() :].split())
    if label[1].lower().startswith("take"):
        return Piece(line, {"kind": TAKE_ACTION, "text": text})
    block = {"kind": READ_MORE, "title": unicodedata.normalize("NFC", text)}
    href = next((href_of(child) for child in children if child.type == "link_open"), "")
    return Piece(line, block | ({"href": href} if is_safe_link(href) else {}))


def _lines(inline: Token) -> list[tuple[int, list[Token]]]:
    """The children of a paragraph by lines, each ending with its break. Marks stay whole."""
    line = inline.map[0] if inline.map else 0
    lines: list[tuple[int, list[Token]]] = [(line, [])]
    for child in inline.children or ():
        lines[-1][1].append(child)
        if child.type in BREAKS:
            line += 1
            if child.level == 0:
                lines.append((line, []))
    return lines


def _label(children: Sequence[Token]) -> re.Match[str] | None:
    return _LABEL.match(_plain(children))


def _plain(children: Sequence[Token]) -> str:
    return "".join(" " if child.type in BREAKS else child.content for child in children)
