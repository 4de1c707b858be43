"""What mails say: the same in both parts, and all of it in the language of whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from babel.support import NullTranslations
from flask import Flask

from campaign import languages
from campaign.links import SITE_NAME
from campaign.mail.composing import KINDS, _compile, compose
from tests.mail.test_composing import SHARED, read

OUTSIDE = sorted(kind for kind in KINDS if not kind.startswith("staff-"))
# Text needs no button, so nothing stands in for one; and its name stands at the end.
HTML_ALONE = ("Ifthebuttondoesnotwork,copythisaddressintoyourbrowser",)
NOT_ALOUD = ("head", "style", "title")
BLOCKS = ("p", "h1", "td", "div", "a", "br", "body")


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """Nothing is kept of mails with other translations."""
    _compile.cache_clear()
    yield
    _compile.cache_clear()


class Visible(HTMLParser):
    """The blocks of text that a reader sees, and where their links lead. Skips the preheader."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in NOT_ALOUD or given.get("class") == "preview":
            self._silent = self._silent or tag
        if tag in BLOCKS:
            self.blocks.append("")
        if tag == "a":
            self.blocks += [given["href"] or "", ""]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.blocks[-1] += data


class Marked(NullTranslations):
    """Stands in for a translation: each sentence between brackets."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ungettext(self, one: str, many: str, count: int) -> str:
        return f"⟦{one if count == 1 else many}⟧"


def parts(kind: str, language: str = "en") -> tuple[str, str, str]:
    """The subject, the text and the HTML."""
    data = compose(kind, 7, "zoe@example.org", SHARED, 42, language=language, number=7_654_321)
    message = read(data)
    text, html = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())
    return message["Subject"], text, html


def blocks(html: str) -> list[str]:
    visible = Visible()
    visible.feed(html)
    return [block for block in visible.blocks if block.strip()]


def bare(words: str) -> str:
    """Without what only lays words out: spaces, dashes, colons after names, dots between."""
    return re.sub(r"[\s:·-]", "", words)


@pytest.mark.parametrize("kind", OUTSIDE)
def test_both_parts_say_the_same(app: Flask, kind: str) -> None:
    _, text, html = parts(kind)
    shown = [bare(block) for block in blocks(html)]
    lines = [bare(line) for line in text.split("\n") if line.strip()]
    for line in lines:
        assert line in "".join(shown)
    for block in shown:
        assert block in "".join(lines) or block in HTML_ALONE


@pytest.mark.parametrize("kind", OUTSIDE)
def test_every_word_of_ours_is_translated(
    app: Flask, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setitem(languages.NAMES, "ar", "العربية")
    monkeypatch.setattr(languages, "translations", lambda _: Marked())
    subject, text, html = parts(kind, "ar")
    for words in (subject, text, "\n".join(blocks(html))):
        assert "⟦" in words
        assert re.findall(r"[^\W\d_]+", left_over(words)) == []


def left_over(words: str) -> str:
    """What of a text is neither translated, nor a value or an address."""
    words = re.sub(r"http\S+", "", words)
    theirs = [line for value in SHARED.values() for line in value.split("\n") if len(line) > 1]
    for value in sorted([*theirs, SITE_NAME], key=len, reverse=True):
        words = words.replace(value, "")
    while (fewer := re.sub("⟦[^⟦⟧]*⟧", "", words)) != words:
        words = fewer
    return words


@pytest.mark.parametrize("kind", OUTSIDE)
def test_a_mail_runs_from_right_to_left_where_its_language_does(
    app: Flask, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setitem(languages.NAMES, "ar", "العربية")
    monkeypatch.setattr(languages, "translations", lambda _: NullTranslations())
    html = parts(kind, "ar")[2]
    assert '<html lang="ar" dir="rtl">' in html
    # Mail programs in the browser drop what stands around the body.
    page = re.search('<table[^>]* class="page"[^>]*>|<table class="page"[^>]*>', html)
    assert page
    assert 'dir="rtl"' in page[0]
    # An address stays as it is.
    assert all('dir="ltr"' in tag for tag in re.findall('<a class="address"[^>]*>\\s*http', html))


def test_nothing_a_mail_needs_is_loaded_from_elsewhere(app: Flask) -> None:
    for kind in OUTSIDE:
        html = parts(kind)[2]
        assert not re.search(r"<(img|link|script|iframe)|url\(|@import|src=", html)
        # The rules are on the elements themselves, for programs that read no others.
        assert re.search('<h1 style="[^"]+"', html)
