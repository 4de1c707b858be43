"""The rules for what a supporter may write."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.countries import CODES
from campaign.errors import Invalid
from campaign.signatures.pledge import clean_comment, clean_name, clean_postcode, read_pledge
from tests.support.making import form

NAMES = (
    "Zoë", "O'Brien", "Anne-Marie D’Arcy", "李", "Nguyễn Thị Minh Khai", "محمد العربية",
    "שָׁלוֹם כֹּהֵן", "Αθηνά", "Їжакевич", "ནམ་མཁའ", "राम प्रसाद", "กิตติพงษ์", "김민수", "さくら",
    "علی‌رضا", "J.R.R. Tolkien", "St.John Smith", "Dr. A. Co", "X Æ A-12", "A", "a" * 120,
    "Jean  Paul", "María José de la Cruz y Álvarez", "Mary 🌊 Waters",
)  # fmt: skip

BAD_NAMES = (
    "", " ", "\u00a0", "a" * 121, "12345", "!!!", "a\x00b", "a\x07", "a\u202eb", "a\u2066b",
    "a\u200bb", "Z" + "\u0335\u0336\u0337\u0338\u0320" * 4, "Anna\nBcc: x@example.org", "a\r\nb",
    "see http://spam.example", "www.spam.example", "cheap-pills.com", "Anna spam.xyz now",
    "anna@example.org", "bad \ufffd bytes", "a\u2028b", "\U000e0041tag", "a\ue000b",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_are_welcome(name: str) -> None:
    assert clean_name(name) == " ".join(unicodedata.normalize("NFC", name).split())


@pytest.mark.parametrize("name", BAD_NAMES)
def test_what_is_no_name_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        clean_name(name)


@given(st.text(max_size=200))
def test_an_accepted_name_is_one_visible_line(text: str) -> None:
    try:
        name = clean_name(text)
    except ValueError:
        return
    assert 1 <= len(name) <= 120
    assert name == name.strip()
    assert unicodedata.is_normalized("NFC", name)
    for character in name:
        assert character in " \u200c\u200d" or unicodedata.category(character)[0] not in "CZ"


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    for rule in (clean_name, clean_comment, clean_postcode):
        try:
            once = rule(text)
        except ValueError:
            continue
        if once:
            assert rule(once) == once


@pytest.mark.parametrize("comment", ["", "Line one\nline two", "Because 🌊 matters", "العربية"])
def test_comments(comment: str) -> None:
    assert clean_comment(comment) == comment


@pytest.mark.parametrize("comment", ["a\x00", "\u202eabc", "x" * 1001, "tab\there"])
def test_bad_comments(comment: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        clean_comment(comment)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("", ""), ("n1 9gu", "N1 9GU"), (" 10115 ", "10115"), ("K1A-0B1", "K1A-0B1")],
)
def test_postcodes(given: str, kept: str) -> None:
    assert clean_postcode(given) == kept


@pytest.mark.parametrize("postcode", ["1" * 17, "=1+1", "<b>", "１２３", "a\nb"])
def test_bad_postcodes(postcode: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        clean_postcode(postcode)


def test_every_wrong_field_is_named_in_the_order_of_the_form() -> None:
    with pytest.raises(Invalid) as caught:
        read_pledge({"postcode": "<>", "updates": "maybe"})
    assert list(caught.value.fields) == [
        "name",
        "email",
        "country",
        "postcode",
        "consent",
        "updates",
    ]


@pytest.mark.parametrize("country", ["", "UK", "gb", "XX", "GBR", "EU"])
def test_countries_are_codes_of_iso_3166(country: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_pledge(form(country=country))
    assert list(caught.value.fields) == ["country"]


def test_all_countries_are_there() -> None:
    assert len(CODES) == 249
    assert {"GB", "TW", "PS", "BQ", "SS"} <= CODES


@pytest.mark.parametrize("consent", ["", "n", "on", "true", "Y"])
def test_consent_is_never_assumed(consent: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_pledge(form(consent=consent))
    assert list(caught.value.fields) == ["consent"]


def test_the_other_consents_are_off_unless_ticked() -> None:
    plain = read_pledge(form())
    assert (plain.updates, plain.public) == (False, False)
    ticked = read_pledge(form(updates="y", public="y"))
    assert (ticked.updates, ticked.public) == (True, True)
