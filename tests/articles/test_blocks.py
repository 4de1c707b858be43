"""An article's body in blocks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.articles.blocks import pieces
from campaign.content.markdown import is_safe_link, parse
from tests.content.hostile import HOSTILE, MARKDOWN, assert_safe


def blocks(text: str) -> list[dict[str, str]]:
    return [block for _, block in pieces(parse(text))]


def html(text: str) -> dict[str, str]:
    return {"kind": "html", "html": text}


def action(text: str) -> dict[str, str]:
    return {"kind": "take_action", "text": text}


def more(title: str, href: str = "") -> dict[str, str]:
    return {"kind": "read_more", "title": title} | ({"href": href} if href else {})


def test_call_outs_stand_between_the_paragraphs_they_were_written_between() -> None:
    text = "One.\n\n## Two\n\nTake Action: Sign – “now”\n\nThree.\n\nRead More: A title?\n\n- four"
    assert blocks(text) == [
        html("<p>One.</p>\n<h2>Two</h2>\n"),
        action("Sign – “now”"),
        html("<p>Three.</p>\n"),
        more("A title?"),
        html("<ul>\n<li>four</li>\n</ul>\n"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Take Action: Sign *now*",
        "take action: Sign now",
        "TAKE  ACTION : Sign now",
        "Take\u00a0Action: Sign now",
        "**Take Action:** Sign now",
        "**Take Action: Sign now**",
        "*Take action*: Sign now",
        "[Take Action: Sign now](https://example.org/sign)",
        "Take Action: [Sign now](/campaigns/x)",
        "**[Take Action: Sign now](/campaigns/x)**",
        "Take Action:\nSign now",
        "Take Action: Sign\nnow",
        "   Take Action: Sign  now  ",
        "Take Action: Sign  \nnow",
    ],
)
def test_every_way_to_write_a_call_to_action(text: str) -> None:
    assert blocks(text) == [action("Sign now")]


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("Read More: A title", more("A title")),
        ("Read more: A title", more("A title")),
        ("**Read More:** A title", more("A title")),
        ("Read More: [A title](/articles/a)", more("A title", "/articles/a")),
        ("[Read more: A title](/articles/a)", more("A title", "/articles/a")),
        ("Read more: [A title](https://example.org)", more("A title", "https://example.org")),
        ("Read more: [A title](javascript:alert(1))", more("A title")),
        ("Read more: [A title](//evil.example)", more("A title")),
        ("Read more: Zoe\u0308", more("Zo\u00eb")),
        ("Read more: <b>A title</b>", more("<b>A title</b>")),
    ],
)
def test_every_way_to_write_a_link_to_read_on(text: str, block: dict[str, str]) -> None:
    assert blocks(text) == [block]


@pytest.mark.parametrize(
    "text",
    [
        "Please take action: sign.",
        "Take action now: sign.",
        "Take Action",
        "- Take Action: in a list",
        "> Read More: in a quotation",
        "# Take Action: a heading",
        "```\nTake Action: code\n```",
    ],
)
def test_what_is_not_a_call_out_stays_as_it_is(text: str) -> None:
    assert [block["kind"] for block in blocks(text)] == ["html"]


def test_call_outs_on_lines_of_their_own_need_no_blank_lines_around_them() -> None:
    text = "The last line\nof a paragraph.\nTake Action: Sign\nRead More: A title\nin two lines"
    assert blocks(text) == [
        html("<p>The last line\nof a paragraph.</p>\n"),
        action("Sign"),
        more("A title in two lines"),
    ]


def test_pieces_know_their_lines() -> None:
    text = "One.\n\nTwo\ntwo.\nTake Action: Sign\nRead More: A\n\n\nThree.\n\nTake Action: Again"
    assert [(line, block["kind"]) for line, block in pieces(parse(text))] == [
        (0, "html"),
        (2, "html"),
        (4, "take_action"),
        (5, "read_more"),
        (8, "html"),
        (10, "take_action"),
    ]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, "Take Action: ", "Read More: ", "**", "\n", "\n\n"])))
def test_no_block_is_ever_unsafe(parts: list[str]) -> None:
    for block in blocks("".join(parts)):
        assert_safe(block.get("html", ""))
        assert is_safe_link(block.get("href", "/"))


@settings(deadline=None)
@given(MARKDOWN)
def test_without_call_outs_the_blocks_are_the_whole_text(text: str) -> None:
    document = parse(text)
    assert "".join(block["html"] for _, block in pieces(document)) == document.html()
