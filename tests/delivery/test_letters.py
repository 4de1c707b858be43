"""letter.pdf: the totals are those of the rows, and every text is as it was signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.support import NullTranslations
from flask import Flask

from campaign import languages
from campaign.delivery.describing import Text
from campaign.delivery.drawing import curve_of
from campaign.delivery.letters import write_letter
from campaign.delivery.slicing import Slice
from campaign.delivery.tallying import Tally, tally
from campaign.languages import NAMES, speaking
from tests.delivery.printing import contents, row, table
from tests.support import pdfs

ROWS = [
    *[row(signed_on="2026-03-01") for _ in range(3)],
    row(country="FR", signed_on="2026-03-05"),
    row(country="", signed_on="2026-02-01", comment="Please."),
]


def letter(folder: Path, rows: list[list[str]] = ROWS, **changes: object) -> bytes:
    path = folder / "letter.pdf"
    assert write_letter(contents(len(rows), **changes), table(folder, rows), path) == [path]
    return path.read_bytes()


def test_the_letter_says_who_asks_whom_for_what(tmp_path: Path) -> None:
    pages = [" ".join(page.split()) for page in pdfs.pages(letter(tmp_path))]
    for words in (
        "Groundswell",
        "Ada Okafor Mayor City of Harrow Bay",
        "1 November 2026",
        "5 signatures: Night buses for everyone",
        "Run a bus on every line, every night.",
        "delivery 3 of the campaign",
        "the numbers run from 1 to 5",
        "act.example.org/campaigns/night-buses/deliveries",
        f"Page 1 of {len(pages)}",
    ):
        assert words in pages[0]
    whole = " ".join(pages)
    assert "Save the page https://act.example.org/verify.html" in whole
    assert "abcd abcd abcd abcd abcd abcd abcd abcd" in whole


def test_totals_are_those_of_the_rows(tmp_path: Path) -> None:
    text = pdfs.text_of(letter(tmp_path, paper=((2, 3),)))
    assert "Confirmed online 3 On paper 2 All 5" in text
    assert "They come from 3 countries." in text
    assert "United Kingdom 3 60.0 % not given 1 20.0 % France 1 20.0 %" in text
    assert "2 people signed on paper instead" in text
    assert "The first signed on 1 February 2026, the last on 5 March 2026" in text
    assert "the most on one day, 3, on 1 March 2026" in text


@pytest.mark.parametrize(
    ("comments", "said"),
    [
        (["", "", " "], "Each of them had a reason to stop, read and sign. On their behalf"),
        (["", "Please.", ""], "Each of them had a reason to stop, read and sign. On their behalf"),
        (["Yes.", "Please.", ""], "and 2 of them have told you in their own words why. On their"),
    ],
)
def test_it_tells_of_comments_where_several_people_wrote_one(
    tmp_path: Path, comments: list[str], said: str
) -> None:
    text = pdfs.text_of(letter(tmp_path, [row(comment=comment) for comment in comments]))
    assert said in text
    assert ("in their own words" in text) is ("own words" in said)


def test_what_it_says_of_one_signature_is_true_of_one(tmp_path: Path) -> None:
    text = pdfs.text_of(letter(tmp_path, [row()]))
    assert "This person had a reason to stop, read and sign. On their behalf" in text
    assert "This person signed on 1 March 2026." in text
    for words in ("Each of them", "All signed", "They come from"):
        assert words not in text


def test_without_paper_nothing_is_said_of_it(tmp_path: Path) -> None:
    assert "paper instead" not in pdfs.text_of(letter(tmp_path))


def test_many_countries_end_with_the_others(tmp_path: Path) -> None:
    codes = ["GB", "FR", "DE", "ES", "IT", "PT", "NL", "BE", "AT", "CH", "PL", "CZ", "SK", "HU"]
    text = pdfs.text_of(letter(tmp_path, [row(country=code) for code in codes]))
    assert "2 other countries 2 14.3 %" in text


def test_a_slice_is_named(tmp_path: Path) -> None:
    text = pdfs.text_of(letter(tmp_path, slice=Slice(("GB", "FR"), ("N1", "E2"))))
    assert (
        "It holds only those from United Kingdom or France, postcodes that begin with N1 or E2."
    ) in text


def test_each_version_of_the_text_is_there_as_it_was_signed(tmp_path: Path) -> None:
    markdown = (
        "## Our ask\n\nWe *ask* for **[buses](/b)**:\n\n1. all night\n2. every night\n\n> Please."
    )
    texts = (Text(1, "ab" * 32, markdown, 4), Text(2, "cd" * 32, "نطلب Night Buses كل ليلة.", 1))
    pdf = letter(tmp_path, texts=texts)
    text = pdfs.text_of(pdf)
    assert "Version 1, signed by 4 people Our ask We ask for buses" in text
    assert "1. all night 2. every night" in text
    assert "Version 2, signed by 1 person" in text
    assert "Night Buses" in text
    assert f"SHA-256ofitsMarkdown:{'ab' * 32}" in text.replace(" ", "")
    roles = pdfs.roles(pdf)
    assert roles["/BlockQuote"] == 1
    assert roles["/LI"] == 2
    assert roles["/Link"] >= 2


def test_it_is_accessible(tmp_path: Path) -> None:
    pdf = letter(tmp_path)
    assert b"pdfuaid:part>1<" in pdf
    roles = pdfs.roles(pdf)
    assert roles["/H1"] == 1
    assert roles["/H2"] >= 5
    assert roles["/Table"] == roles["/THead"] == 3
    assert roles["/Figure"] == 3  # The logo, the QR code and the curve, each with a text.
    root = pdfs.reader(pdf).trailer["/Root"]
    assert root["/Lang"] == "en"


def test_the_same_contents_are_the_same_bytes(tmp_path: Path) -> None:
    one, other = (tmp_path / name for name in "ab")
    one.mkdir()
    other.mkdir()
    assert letter(one) == letter(other)


def test_long_names_and_words_stay_on_the_page(tmp_path: Path) -> None:
    text = Text(1, "ab" * 32, f"{'W' * 300}\n\n- {'Ж' * 300}\n\n```\n{'x' * 300}\n```", 5)
    pdf = letter(
        tmp_path,
        campaign_title="W" * 150,
        ask="Ж" * 300,
        official=contents(1).official._replace(name="م" * 120, title="W" * 200),
        texts=(text,),
    )
    for page in pdfs.reader(pdf).pages:
        for left, right, _ in pdfs.spans(page):
            assert left > 22
            assert right < 189


def test_the_table_is_added_up_exactly(tmp_path: Path) -> None:
    found = tally(contents(5, paper=((1, 1), (4, 9))), table(tmp_path, ROWS))
    assert (found.paper, found.comments) == (3, 1)
    assert found.by_country == [("GB", 3), ("", 1), ("FR", 1)]
    days = [(dt.date(2026, 2, 1), 1), (dt.date(2026, 3, 1), 3), (dt.date(2026, 3, 5), 1)]
    assert found.by_day == days
    assert [total for _, total in found.curve] == [1, 4, 5]


def test_the_curve_ends_where_the_total_is() -> None:
    days = [(dt.date(2026, 1, 1) + dt.timedelta(n), 7) for n in range(1000)]
    curve = curve_of(Tally(0, 0, [], days))
    assert curve is not None
    assert curve["points"][-1] == [1.0, 7000 / 8000]
    assert len(curve["points"]) <= 502
    assert curve["ticks"][-1] == [1.0, "8,000"]
    assert curve_of(Tally(0, 0, [], days[:1])) is None


@pytest.fixture
def arabic(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Arabic is spoken; of its sentences there is one."""

    class Few(NullTranslations):
        def ugettext(self, message: str) -> str:
            return {"Who signed": "من وقّع", "Yours sincerely,": "مع التحية"}.get(message, message)

    monkeypatch.setitem(NAMES, "ar", "العربية")
    monkeypatch.setattr(languages, "translations", lambda _: Few())
    with speaking("ar"):
        yield


@pytest.mark.usefixtures("arabic")
def test_a_letter_in_arabic_runs_from_right_to_left(tmp_path: Path) -> None:
    pdf = letter(tmp_path)
    text = pdfs.text_of(pdf)
    root = pdfs.reader(pdf).trailer["/Root"]
    assert root["/Lang"] == "ar"
    assert "[U+" not in text
    for words in ("نوفمبر", "فرنسا", "وقّع"):
        assert set(words) <= set(text), words
    assert "November" not in text
    # Lines begin at the right margin, and what was signed is as it was.
    lines: dict[float, float] = {}
    for _, right, height in pdfs.spans(pdfs.reader(pdf).pages[0]):
        lines[round(height)] = max(right, lines.get(round(height), 0))
    assert sum(right > 187 for right in lines.values()) > len(lines) / 2
    assert "Run a bus on every line, every night." in text


@pytest.mark.usefixtures("app")
def test_no_line_of_a_letter_in_arabic_begins_with_what_ends_a_sentence(tmp_path: Path) -> None:
    texts = (Text(1, "ab" * 32, "نطلب حافلات: كل ليلة.", 5),)
    with speaking("ar"):
        pdf = letter(tmp_path, texts=texts, slice=Slice(("GB",), ("N1",)))
    for page in pdfs.reader(pdf).pages:
        assert not set(pdfs.first_from_right(page)) & set(".:،؛")


def test_what_a_sentence_names_keeps_its_own_signs_on_their_side(tmp_path: Path) -> None:
    pdf = letter(tmp_path, campaign_title="حافلات ليلية!")
    for page in pdfs.reader(pdf).pages:
        assert "!" not in pdfs.first_from_right(page)
    # The marks that did it would be in the way of who searches the document.
    assert not set("\u2068\u2069") & set(pdfs.text_of(pdf))


@pytest.mark.usefixtures("arabic")
def test_the_same_contents_in_one_language_are_the_same_bytes(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
    one, other = letter(tmp_path / "a"), letter(tmp_path / "b")
    assert one == other
    with speaking("en"):
        assert letter(tmp_path / "c") != one
