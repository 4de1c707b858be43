"""What strangers wrote is made ready for the page, and stays what they wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.delivery.typesetting.legible import (
    is_right_to_left,
    legible,
    named,
    sentence,
    width,
)
from campaign.languages import speaking


@pytest.mark.parametrize("text", ["", "Zoë Nguyễn", "Łódź – “quoted”", "O'Brien", "97214"])
def test_what_is_usual_stays_as_it_is(text: str) -> None:
    assert legible(text) == text


@pytest.mark.parametrize(
    ("text", "right_to_left"),
    [
        ("مريم", True),
        ("  123 (שלום) abc", True),
        ("abc שלום", False),
        ("123", False),
        ("", False),
        ("ދިވެހި", True),
    ],
)
def test_the_first_letter_decides_on_the_direction(text: str, right_to_left: bool) -> None:
    assert is_right_to_left(text) is right_to_left
    assert ("dir" in legible(text)) is right_to_left


@pytest.mark.parametrize(
    ("text", "country", "language"),
    [
        ("鈴木花子", "JP", "ja"),
        ("鈴木さくら", "US", "ja"),
        ("金民俊", "KR", "ko"),
        ("김민준", "DE", "ko"),
        ("梁詠詩", "HK", "zh-TW"),
    ],
)
def test_chinese_characters_have_the_forms_of_their_country(
    text: str, country: str, language: str
) -> None:
    assert legible(text, country) == {"text": text, "lang": language}
    assert legible("王静怡", "CN") == "王静怡"


def test_long_words_get_places_to_break_but_never_inside_a_sign() -> None:
    family, accented = "👩‍👩‍👧‍👦", "e\u0301\u0323"
    for sign in ("W", accented, family, "👍🏽"):
        text = legible(sign * 30)
        assert isinstance(text, str)
        assert text.split("\u200b") == [sign] * 30
    assert legible("Rhabarberbarbara B.") == "Rhabarberbarbara B."


@pytest.mark.parametrize("sign", ["W\u200d", "م\u200d", "中\u200d"])
def test_a_joiner_between_letters_joins_nothing(sign: str) -> None:
    text = legible(sign * 30)
    words = text if isinstance(text, str) else text["text"]
    assert words.split("\u200b") == [sign] * 30


def test_joiners_keep_their_letters_in_scripts_of_india() -> None:
    assert legible("क्\u200dष" * 10) == "\u200b".join(["क्\u200dष"] * 10)


@pytest.mark.parametrize("sign", ["👩\u200d", "ௌ"])
def test_what_is_joined_without_end_breaks_all_the_same(sign: str) -> None:
    text = legible("ம" + sign * 300)
    assert isinstance(text, str)
    assert max(map(len, text.split("\u200b"))) <= 16


def test_very_wide_signs_break_however_few_they_are() -> None:
    for sign in ("⸻", "ഈ", "ー", "ា"):
        text = legible(sign * 12)
        words = text if isinstance(text, str) else text["text"]
        assert "\u200b" in words, sign
    assert legible("عبد﷽ي") == {"text": "عبد\u200b﷽\u200bي", "dir": "rtl"}
    # Laughter in Arabic keeps the shapes of its letters.
    assert legible("ههههههههه") == {"text": "ههههههههه", "dir": "rtl"}


def test_a_sign_as_wide_as_a_sentence_takes_the_room_of_one() -> None:
    assert width("﷽ a") == 12


def test_a_narrow_column_breaks_shorter_words() -> None:
    assert legible("WWWWWWW", longest=6) == "\u200b".join("WWWWWWW")
    assert legible("N1 9GU", longest=6) == "N1 9GU"


def test_a_sentence_of_ours_has_its_own_direction_whatever_it_begins_with() -> None:
    with speaking("ar"):
        assert sentence("Ada · 3") == {"text": "Ada · 3", "dir": "rtl", "own": "yes"}
    assert sentence("سارة · 3") == {"text": "سارة · 3", "dir": "ltr", "own": "yes"}


def test_what_it_names_is_marked_where_it_runs_the_other_way() -> None:
    assert (named("Ada!"), named("سارة!")) == ("Ada!", "\u2068سارة!\u2069")
    with speaking("ar"):
        assert (named("Ada!"), named("سارة!")) == ("\u2068Ada!\u2069", "سارة!")


def test_lines_become_pilcrows() -> None:
    assert legible("\nDear mayor,\r\n\r\nplease.\u2028Yours\n") == "Dear mayor, ¶ please. ¶ Yours"


@given(st.text(max_size=80), st.sampled_from(["", "JP", "KR", "TW", "GB"]))
def test_no_word_is_ever_lost(text: str, country: str) -> None:
    shown = legible(text, country)
    words = shown if isinstance(shown, str) else shown["text"]

    def bare(text: str) -> str:
        return "".join(c for c in text if not c.isspace() and c not in "\u200b\ufeff¶\x85")

    assert bare(words) == bare(text)
