"""Postcodes of countries that are strict about them, and of those that are not."""

from __future__ import annotations

import pytest

from campaign.countries import CODES
from campaign.errors import Invalid
from campaign.signatures.pledge import clean_postcode, read_pledge
from campaign.signatures.postcodes import _STRICT, postcode_of
from tests.support.making import form

KEPT = [
    ("GB", "n19gu", "N1 9GU"), ("GB", "SW1A 1AA", "SW1A 1AA"), ("GB", "gir0aa", "GIR 0AA"),
    ("IE", "d01f5p2", "D01 F5P2"), ("IE", "D6W XY00", "D6W XY00"), ("CA", "k1a-0b1", "K1A 0B1"),
    ("US", "20001", "20001"), ("US", "200011234", "20001-1234"), ("NL", "1012js", "1012 JS"),
    ("DE", "D-10115", "10115"), ("SE", "SE-11120", "111 20"), ("PL", "00001", "00-001"),
    ("PT", "1100", "1100"), ("PT", "1100 148", "1100-148"), ("JP", "1000001", "100-0001"),
    ("BR", "01310100", "01310-100"), ("IN", "110 001", "110001"), ("FR", "75 001", "75001"),
    ("IS", "whatever 1", "WHATEVER 1"), ("GB", "", ""), ("DE", "", ""),
]  # fmt: skip
REFUSED = [
    ("GB", "12345"), ("GB", "N1"), ("IE", "DUBLIN 1"), ("US", "2000"), ("US", "N1 9GU"),
    ("CA", "D1A 0B1"), ("DE", "1011"), ("DE", "X10115"), ("NL", "1012"), ("PT", "1100-14"),
    ("JP", "100"), ("AU", "30000"), ("CH", "CH-80O1"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "typed", "kept"), KEPT)
def test_a_postcode_is_kept_as_its_country_writes_it(country: str, typed: str, kept: str) -> None:
    assert read_pledge(form(country=country, postcode=typed)).postcode == kept


@pytest.mark.parametrize(("country", "typed"), REFUSED)
def test_what_is_none_of_that_country_is_refused_with_an_example(country: str, typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_pledge(form(country=country, postcode=typed))
    assert list(caught.value.fields) == ["postcode"]
    assert f"like {_STRICT[country][2]}, or none." in caught.value.fields["postcode"]


@pytest.mark.parametrize("country", sorted(_STRICT))
def test_every_example_is_one_and_stays_as_it_is(country: str) -> None:
    example = _STRICT[country][2]
    assert country in CODES
    assert postcode_of(country, clean_postcode(example)) == example


def test_a_country_that_is_none_is_what_is_complained_of() -> None:
    with pytest.raises(Invalid) as caught:
        read_pledge(form(country="XX", postcode="N1 9GU"))
    assert list(caught.value.fields) == ["country"]


def test_paper_may_hold_what_was_written_on_it() -> None:
    assert clean_postcode("n1") == "N1"
