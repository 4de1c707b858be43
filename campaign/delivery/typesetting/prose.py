"""Markdown for the printed page: the blocks of a text as data, of the same parser as its HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin

from markdown_it.token import Token

from campaign.content.markdown import BREAKS, href_of, is_safe_link, parse
from campaign.delivery.typesetting.legible import breakable, described

Block = dict[str, Any]
_MARKS = {"strong_open": "strong", "em_open": "em"}
_ENDS = {"strong_close": "strong", "em_close": "em", "link_close": "link"}


def prose(markdown: str, base: str = "") -> list[Block]:
    """The blocks: headings, paragraphs, lists, quotations, code and rules.

    Links of the own site begin at `base`. What is not safe to follow is text.
    """
    return list(_blocks(iter(parse(markdown).tokens), base))


def _blocks(tokens: Iterator[Token], base: str, until: str = "") -> Iterator[Block]:
    for token in tokens:
        kind = token.type
        if kind == until:
            return
        if kind in ("paragraph_open", "heading_open"):
            level = int(token.tag[1]) if kind == "heading_open" else 0
            yield _paragraph(next(tokens), base, level)
        elif kind in ("bullet_list_open", "ordered_list_open"):
            items = list(_items(tokens, base, kind.replace("open", "close")))
            start = int(token.attrGet("start") or 1)
            yield {"kind": "list", "ordered": "ordered" in kind, "start": start, "items": items}
        elif kind == "blockquote_open":
            yield {"kind": "quote", "blocks": list(_blocks(tokens, base, "blockquote_close"))}
        elif kind == "fence":
            yield {"kind": "code", "text": breakable(token.content.rstrip("\n"))}
        elif kind == "hr":
            yield {"kind": "rule"}


def _items(tokens: Iterator[Token], base: str, until: str) -> Iterator[list[Block]]:
    for token in tokens:
        if token.type == until:
            return
        if token.type == "list_item_open":
            yield list(_blocks(tokens, base, "list_item_close"))


def _paragraph(inline: Token, base: str, level: int) -> Block:
    runs = list(_runs(inline.children or (), base))
    about = described("".join(run["text"] for run in runs))
    kind = "heading" if level else "paragraph"
    return {"kind": kind, "level": level, "runs": runs, **about}


def _runs(tokens: Sequence[Token], base: str) -> Iterator[dict[str, Any]]:
    """Stretches of text that are set alike: `strong`, `em`, `code`, or with a `link`."""
    style: dict[str, Any] = {}
    for token in tokens:
        if token.type in _MARKS:
            style[_MARKS[token.type]] = True
        elif token.type == "link_open":
            if is_safe_link(href_of(token)) and not href_of(token).startswith("#"):
                address = urljoin(base, href_of(token))
                style |= {"link": address, "address": breakable(address)}
        elif token.type in _ENDS:
            style.pop(_ENDS[token.type], None)
        elif token.type in BREAKS:
            yield {"text": "\n" if token.type == "hardbreak" else " "}
        elif token.content:
            code = {"code": True} if token.type == "code_inline" else {}
            yield {"text": breakable(token.content), **style, **code}
