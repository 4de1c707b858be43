"""Markdown becomes HTML that is safe whatever was written."""

import re

import pytest
from hypothesis import example, given, settings

from campaign.content.markdown import is_safe_link, parse
from tests.content.hostile import HOSTILE, MARKDOWN, Seen, assert_safe


@settings(deadline=None)
@given(MARKDOWN)
@example("\n\n".join(HOSTILE))
def test_nothing_that_is_written_becomes_unsafe(text: str) -> None:
    assert_safe(parse(text).html())


@pytest.mark.parametrize("text", HOSTILE)
def test_known_attacks_are_harmless(text: str) -> None:
    assert_safe(parse(text).html())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("“Curly” – dash — don’t", "<p>“Curly” – dash — don’t</p>\n"),
        ('"Straight" -- don\'t (c)', '<p>"Straight" -- don\'t (c)</p>\n'),
        ("O'Brien, Zoë, 李, Nguyễn, العربية", "<p>O'Brien, Zoë, 李, Nguyễn, العربية</p>\n"),
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>\n"),
        ("one  \ntwo", "<p>one<br>\ntwo</p>\n"),
        ("3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>\n'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n"),
        ("a\n\n***\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n"),
        ("<b>a</b> & b", "<p>&lt;b&gt;a&lt;/b&gt; &amp; b</p>\n"),
    ],
)
def test_what_is_written_is_what_is_shown(text: str, html: str) -> None:
    assert parse(text).html() == html


@pytest.mark.parametrize(
    "text",
    ["    indented by four", "a line\n---", "a line\n===", "a | b\n--|--\nc | d", "~~a~~"],
)
def test_pasted_plain_text_stays_a_paragraph(text: str) -> None:
    html = parse(text).html()
    assert html.startswith("<p>")
    assert not re.search("<(pre|h2|table|del)", html)


@pytest.mark.parametrize(
    ("text", "top", "tags"),
    [
        ("# a\n\n## b\n\n### c", 2, ["h2", "h3", "h4"]),
        ("## a\n\n### b\n\n## c", 2, ["h2", "h3", "h2"]),
        ("##### a\n\n###### b", 2, ["h2", "h3"]),
        ("# a\n\n## b\n\n### c", 3, ["h3", "h4", "h4"]),
        ("> # a", 2, ["h2"]),
    ],
)
def test_headings_fit_under_the_heading_of_the_page(text: str, top: int, tags: list[str]) -> None:
    assert re.findall(r"<(h\d)>", parse(text, top_heading=top).html()) == tags


@pytest.mark.parametrize(
    ("link", "attributes"),
    [
        ("https://example.org/a", {"href": "https://example.org/a", "rel": "noopener nofollow"}),
        ("HTTP://example.org", {"href": "HTTP://example.org", "rel": "noopener nofollow"}),
        ("/articles/a", {"href": "/articles/a"}),
        ("#there", {"href": "#there"}),
        ("mailto:a@example.org", {"href": "mailto:a@example.org"}),
    ],
)
def test_links_to_other_sites_alone_carry_a_rel(link: str, attributes: dict[str, str]) -> None:
    assert Seen(parse(f"[x]({link})").html()).tags == [("p", {}), ("a", attributes)]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "fine\n\nfirst\n[b](javascript:x) and\n[c](data:y)",
            [
                (3, "the link 'javascript:x' must start with https://, mailto: or /"),
                (4, "the link 'data:y' must start with https://, mailto: or /"),
            ],
        ),
        ("[a](b.html)", [(0, "the link 'b.html' must start with https://, mailto: or /")]),
        ("[a]()", [(0, "the link '' must start with https://, mailto: or /")]),
        ("- one\n- ![alt](/a.png)", [(1, "images are not possible yet")]),
        ("[a](/b) [c](https://example.org) <https://example.org>", []),
    ],
)
def test_what_readers_would_miss_is_named_with_its_line(
    text: str, problems: list[tuple[int, str]]
) -> None:
    assert list(parse(text).problems()) == problems


@pytest.mark.parametrize(
    "link", ["", "//a.example", "/\\a", "https:///a", "https:a", "javascript:1", "a b", "/a b"]
)
def test_unsafe_links(link: str) -> None:
    assert not is_safe_link(link)
