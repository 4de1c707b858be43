"""Markdown becomes data for the page, with nothing in it that is run or followed unseen."""

from __future__ import annotations

from typing import Any

from campaign.delivery.typesetting.prose import Block, prose

BASE = "https://act.example.org/campaigns/x"


def said(block: Block) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = block["runs"]
    return runs


def test_paragraphs_and_what_stands_out_in_them() -> None:
    (block,) = prose("We *ask* for **two** `buses`\nand more  \nnow")
    assert said(block) == [
        {"text": "We "},
        {"text": "ask", "em": True},
        {"text": " for "},
        {"text": "two", "strong": True},
        {"text": " "},
        {"text": "buses", "code": True},
        {"text": " "},
        {"text": "and more"},
        {"text": "\n"},
        {"text": "now"},
    ]


def test_headings_lists_quotations_code_and_rules() -> None:
    blocks = prose("# A\n\n### B\n\n3. one\n4. two\n   - deep\n\n> said\n\n```\na b\n```\n\n---")
    kinds = [block["kind"] for block in blocks]
    assert kinds == ["heading", "heading", "list", "quote", "code", "rule"]
    assert [block["level"] for block in blocks[:2]] == [2, 3]
    numbered = blocks[2]
    assert (numbered["ordered"], numbered["start"], len(numbered["items"])) == (True, 3, 2)
    assert numbered["items"][1][1]["items"][0][0]["runs"] == [{"text": "deep"}]
    assert blocks[3]["blocks"][0]["runs"] == [{"text": "said"}]
    assert blocks[4]["text"] == "a b"


def test_links_are_followed_only_where_they_are_safe() -> None:
    (block,) = prose(
        "[a](/b) [c](https://d.org) [e](javascript:f) [g](#h) [i](mailto:j@k.org)", BASE
    )
    links = {run["text"]: run.get("link") for run in said(block) if run["text"].strip()}
    assert links == {
        "a": "https://act.example.org/b",
        "c": "https://d.org",
        "e": None,
        "g": None,
        "i": "mailto:j@k.org",
    }


def test_html_is_text() -> None:
    (block,) = prose("<script>alert(1)</script>")
    text = "".join(run["text"] for run in said(block))
    assert text.replace("\u200b", "") == "<script>alert(1)</script>"


def test_what_begins_from_right_to_left_says_so() -> None:
    first, second = prose("نطلب **Night Buses**\n\nWe ask")
    assert first["dir"] == "rtl"
    assert "dir" not in second
