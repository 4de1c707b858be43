"""signatures.pdf: every row, legible, within the page, in as many volumes as it takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from campaign.delivery import lists
from campaign.delivery.lists import write_lists
from campaign.languages import speaking
from tests.delivery.printing import REORDERED, SCRIPTS, contents, row, table
from tests.support import pdfs

LONG = "Every night I walk home for an hour and a half. "
HOSTILE = {
    "no space": "W" * 120,
    "no space, not Latin": "Ж" * 120,
    "no space, marks": "e\u0301\u0323" * 120,
    "no space, Arabic": "م" * 120,
    "no space, Thai": "กขคงจฉ" * 40,
    "no space, Chinese": "我們要求夜間公車" * 40,
    "hard spaces": "a\u00a0" * 120,
    "word joiners": "ab\u2060" * 120,
    "flags": "🇺🇦🇩🇪" * 60,
    "families": "👩‍👩‍👧‍👦" * 60,
    "joined letters": "W\u200d" * 120,
    "joined Chinese": "中\u200d" * 120,
    "joined emoji": "👩\u200d" * 120,
    "one sign as wide as a sentence": "﷽" * 200,
    "the same between letters": "a﷽" * 40,
    "long dashes": "⸻" * 16,
    "wide letters, few": "ഈ" * 18,
    "signs that take room": "க" + "ௌ" * 120,
    "no words, Japanese": "わ" + "ー" * 60 + "っ" * 60 + "！？" * 60,
    "no words, Khmer": "ក" + "ា" * 120,
    "keycaps and skins": "1️⃣👍🏽" * 60,
    "zalgo": "Z̵̡̢̛̗̘̙̜̝̞̟̠͇̊̋̌̍̎̏̐̑̒̓̔ " * 20,
    "right to left with Latin": "مرحبا بكم في Night Buses 24/7 (كل ليلة)! " * 20,
    "overrides": "abc \u202edef\u202c \u2067ghi\u2069 jkl " * 20,
    "lines": "one\ntwo\r\n\n\nthree\u2028four" * 30,
    "an address": "https://example.org/" + "a" * 200 + "?b=" + "c" * 200,
    "Typst": '#panic("no") *bold* $x$ <label> @ref // #image("/etc/passwd") \\ `raw` [x] {y}',
    "letter with the mark of another script": "a\u0e49b\u0947c\u064b " * 20,
    "nobody's characters": "𓀀𓁐 \ue000 \U0010fffd \u0378 བོད་ཡིག",
    "invisible": "a\u200b\u200c\u200d\u200e\u200f\u00ad\ufeff\u061c\U000e0041b",
    "no words": " \t\u3000 ",
}


def typeset(folder: Path, rows: list[list[str]], **changes: object) -> bytes:
    path = folder / "signatures.pdf"
    write_lists(contents(len(rows), **changes), table(folder, rows), path)
    return path.read_bytes()


def test_every_script_is_legible(tmp_path: Path) -> None:
    pdf = typeset(tmp_path, [row(name) for name in SCRIPTS.values()])
    text = pdfs.text_of(pdf)
    for script, name in SCRIPTS.items():
        if script in REORDERED:
            assert set(name) <= set(text), script
        else:
            assert name in text, script
    # Only a document in which every sign has its glyph may say so.
    assert b"pdfuaid:part>1<" in pdf
    assert "[U+" not in text


def test_a_character_of_no_font_is_told_by_its_number(tmp_path: Path) -> None:
    pdf = typeset(tmp_path, [row("བ X")])
    assert "[U+0F56] X" in pdfs.text_of(pdf)
    assert b"pdfuaid:part>1<" in pdf


def test_nothing_overflows_and_nothing_is_lost(tmp_path: Path) -> None:
    rows = []
    for words in HOSTILE.values():
        rows += [row(words[:120], words), row(words, words * 8, postcode=words[:16])]
        rows.append(row(f"Person {len(rows)}"))
    pdf = typeset(tmp_path, rows)
    for page in pdfs.reader(pdf).pages:
        for left, right, height in pdfs.spans(page):
            assert left > 14
            assert right < 196.5
            assert 8 < height < 287
    found = re.findall(r"Person (\d+)", pdfs.text_of(pdf))
    assert found == [str(3 * number + 2) for number in range(len(HOSTILE))]


def test_a_comment_of_32_000_characters_goes_on_over_pages(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(3_600)]
    comment = " ".join(words)
    assert len(comment) > 31_000
    pdf = typeset(tmp_path, [row(comment=comment), row("After It")])
    text = pdfs.text_of(pdf)
    assert re.findall(r"word\d+", text) == words
    assert len(pdfs.pages(pdf)) > 3
    assert "2 After It" in text


def test_long_words_wrap_within_their_column(tmp_path: Path) -> None:
    pdf = typeset(tmp_path, [row("W" * 120)])
    lines = re.findall("W+", pdfs.pages(pdf)[0])
    assert sum(map(len, lines)) == 120
    assert max(map(len, lines)) < 22


def test_pages_are_numbered_and_say_whose_they_are(tmp_path: Path) -> None:
    pages = pdfs.pages(typeset(tmp_path, [row() for _ in range(200)]))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Night buses for everyone" in page
        assert "Ada Okafor · delivery 3" in page


def test_the_first_page_says_what_this_is(tmp_path: Path) -> None:
    page = " ".join(pdfs.pages(typeset(tmp_path, [row(), row()]))[0].split())
    assert "To Ada Okafor, Mayor, City of Harrow Bay." in page
    assert "Delivery 3 of this campaign, confirmed up to 1 November 2026, 18:01 UTC." in page
    assert "2 signatures, numbers 1 to 2." in page
    assert "Volume" not in page


@pytest.mark.usefixtures("app")
def test_no_line_of_a_list_in_arabic_begins_with_what_ends_a_sentence(tmp_path: Path) -> None:
    with speaking("ar"):
        pdf = typeset(tmp_path, [row() for _ in range(50)])
    for page in pdfs.reader(pdf).pages:
        assert not set(pdfs.first_from_right(page)) & set(".:،؛")


def test_rows_from_paper_are_marked(tmp_path: Path) -> None:
    rows = [row(f"Person {letter}") for letter in "ABCDEF"]
    text = pdfs.text_of(typeset(tmp_path, rows, paper=((2, 3), (6, 6))))
    assert re.findall(r"Person (\w) paper", text) == ["B", "C", "F"]
    assert len(re.findall("Person", text)) == 6


def test_many_rows_come_in_volumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "VOLUME_ROWS", 10)
    path, told = tmp_path / "signatures.pdf", []
    source = table(tmp_path, [row(f"Person {number}") for number in range(1, 26)])
    made = write_lists(contents(25), source, path, advance=told.append)
    assert [one.name for one in made] == ["signatures.pdf", "signatures-2.pdf", "signatures-3.pdf"]
    assert sum(told) == 25
    text = [pdfs.text_of(one.read_bytes()) for one in made]
    found = [re.findall(r"Person (\d+)", one) for one in text]
    assert [name for one in found for name in one] == [str(number) for number in range(1, 26)]
    assert [len(one) for one in found] == [10, 10, 5]
    assert "Volume 2 of 3: 10 signatures, numbers 11 to 20. 25 in all volumes." in text[1]
    assert all("Page 1 of 1" in one for one in text)


def test_long_comments_make_volumes_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "VOLUME_BYTES", 3_000)
    volumes = lists.plan(table(tmp_path, [row(comment=LONG * 40)] * 3 + [row()] * 3))
    assert [volume.rows for volume in volumes] == [1, 1, 4]


def test_the_same_contents_are_the_same_bytes(tmp_path: Path) -> None:
    rows = [row(name, LONG) for name in SCRIPTS.values()]
    one, other = (tmp_path / name for name in "ab")
    one.mkdir()
    other.mkdir()
    assert typeset(one, rows) == typeset(other, rows)
    (other / "signatures.pdf").unlink()
    assert (
        typeset(other, rows, made_at=contents(1).made_at.replace(year=2027))
        != (one / "signatures.pdf").read_bytes()
    )


def test_it_is_tagged(tmp_path: Path) -> None:
    pdf = typeset(tmp_path, [row() for _ in range(7)])
    roles = pdfs.roles(pdf)
    assert roles["/H1"] == 1
    assert roles["/P"] >= 7
    root = pdfs.reader(pdf).trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert pdfs.reader(pdf).metadata["/Title"] == "Signatures: Night buses for everyone"


def test_parts_of_a_long_list_can_be_found(tmp_path: Path) -> None:
    outline = pdfs.reader(typeset(tmp_path, [row() for _ in range(1001)])).outline
    assert [entry["/Title"] for entry in outline] == ["1 to 500", "501 to 1,000", "1,001 to 1,001"]


def test_being_told_to_stop_ends_all_of_it(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(rows: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        write_lists(
            contents(1), table(tmp_path, [row()]), tmp_path / "signatures.pdf", advance=stop
        )
