"""The sheets to sign on paper say exactly what is signed, and for which batch."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from flask import Flask

from campaign.commands.signatures import signatures
from campaign.delivery.sheets import ROWS, blank_sheet
from campaign.errors import Invalid, NotFound
from tests.delivery.making import SLUG, change, petition
from tests.support import pdfs
from tests.support.making import TEXT

LONG = "\n\n".join(f"Reason {number}: nobody should walk home alone." for number in range(25))


def renew(markdown: str) -> None:
    change(
        "INSERT INTO pledge_text (campaign_id, version, markdown, html, sha256)"
        " SELECT id, 2, :markdown, '', :sha256 FROM campaign",
        markdown=markdown,
        sha256=hashlib.sha256(markdown.encode()).hexdigest(),
    )


def test_a_sheet_says_what_is_signed(app: Flask) -> None:
    petition()
    pdf = blank_sheet(SLUG, batch="Market square 3")
    (page,) = (" ".join(page.split()) for page in pdfs.pages(pdf))
    for words in (
        "Night buses for everyone",
        "To Ada Okafor, Mayor, City of Harrow Bay; 李 Zoë, Minister of Transport, Government",
        "Run a bus on every line, every night.",
        TEXT,
        "This is version 1 of the text.",
        "I sign this text, and agree to this: Pass my signature",
        "Name Postcode Country Date Email (optional) Comment (optional)",
        "Batch: Market square 3",
        "/campaigns/night-buses",
    ):
        assert words in page
    assert pdfs.roles(pdf)["/TR"] == ROWS + 1
    assert b"pdfuaid:part>1<" in pdf


def test_a_long_text_is_overleaf_of_every_copy(app: Flask) -> None:
    petition()
    renew(LONG)
    pages = pdfs.pages(blank_sheet(SLUG, batch="B", pages=3))
    assert len(pages) == 6
    for front, back in zip(pages[::2], pages[1::2], strict=True):
        assert "The full text is overleaf and at" in front
        assert "Reason 0" in front
        assert "Reason 24" not in front
        assert "Name" in front
        assert "the full text, version 2" in back
        assert all(f"Reason {number}:" in back for number in range(25))


def test_every_table_is_on_a_front_however_long_the_text(app: Flask) -> None:
    petition()
    renew(LONG * 4)
    pages = pdfs.pages(blank_sheet(SLUG, batch="B", pages=2))
    tables = [number for number, page in enumerate(pages, 1) if "Email (optional)" in page]
    assert len(tables) == 2
    assert all(number % 2 for number in tables)


def test_the_same_campaign_gives_the_same_bytes(app: Flask) -> None:
    petition()
    assert blank_sheet(SLUG, batch="B") == blank_sheet(SLUG, batch=" B ")
    assert blank_sheet(SLUG, batch="B") != blank_sheet(SLUG, batch="C")


def test_it_speaks_the_language_of_the_campaign_or_the_one_that_is_chosen(app: Flask) -> None:
    petition()
    change("UPDATE campaign SET language = 'es'")
    asked = {"": "Firmo este texto", "en": "I sign this text", "fr": "Je signe ce texte"}
    for language, words in asked.items():
        (page,) = pdfs.pages(blank_sheet(SLUG, batch="B", language=language))
        assert words in page
        assert TEXT in " ".join(page.split())
        assert ("Pass my signature" in page) is (language == "en")


def test_no_line_of_a_sheet_in_arabic_begins_with_what_ends_a_sentence(app: Flask) -> None:
    petition()
    for markdown in ("نطلب حافلات كل ليلة.", LONG):
        change("UPDATE pledge_text SET markdown = :markdown", markdown=markdown)
        for page in pdfs.reader(blank_sheet(SLUG, batch="B", language="ar")).pages:
            assert not set(pdfs.first_from_right(page)) & set(".:،؛")


def test_a_language_that_is_not_spoken_is_refused(app: Flask) -> None:
    petition()
    with pytest.raises(Invalid) as refused:
        blank_sheet(SLUG, batch="B", language="xx")
    assert refused.value.fields == {"language": "Choose one of these languages: en, es, fr, ar."}


@pytest.mark.parametrize(
    ("batch", "pages", "field"),
    [("", 1, "batch"), ("x" * 81, 1, "batch"), ("a\x00", 1, "batch"), ("B", 0, "pages")],
)
def test_what_makes_no_sheet_is_refused(app: Flask, batch: str, pages: int, field: str) -> None:
    petition()
    with pytest.raises(Invalid) as refused:
        blank_sheet(SLUG, batch=batch, pages=pages)
    assert list(refused.value.fields) == [field]


def test_there_is_none_for_a_campaign_that_is_not_there(app: Flask) -> None:
    with pytest.raises(NotFound):
        blank_sheet("nope", batch="B")


def test_the_command_writes_it(app: Flask, tmp_path: Path) -> None:
    petition()
    out = tmp_path / "sheet.pdf"
    words = ["sheet", SLUG, "--batch", "B", "--pages", "2", "-o", str(out)]
    done = app.test_cli_runner().invoke(signatures, words)
    assert (done.exit_code, done.output) == (0, f"2 sheets in {out}\n")
    assert out.read_bytes() == blank_sheet(SLUG, batch="B", pages=2)
    done = app.test_cli_runner().invoke(signatures, ["sheet", SLUG, "--batch", "", "-o", str(out)])
    assert done.exit_code == 1
    assert "Give the batch a name" in done.output
