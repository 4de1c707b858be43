"""How postcodes are written where a country is strict about it: checked, and spaced as usual."""

from __future__ import annotations

import re

from campaign.languages import gettext as _

# Of each country: the postcode without spaces and hyphens, in the groups that are written apart;
# what stands between them; an example. Any other country's are taken as they come.
_FOUR, _FIVE, _SIX = r"([0-9]{4})", r"([0-9]{5})", r"([0-9]{6})"
_STRICT: dict[str, tuple[str, str, str]] = {
    "AT": (_FOUR, "", "1010"),
    "AU": (_FOUR, "", "3000"),
    "BE": (_FOUR, "", "1000"),
    "BR": (r"([0-9]{5})([0-9]{3})", "-", "01310-100"),
    "CA": (r"([ABCEGHJ-NPRSTVXY][0-9][A-Z])([0-9][A-Z][0-9])", " ", "K1A 0B1"),
    "CH": (_FOUR, "", "8001"),
    "CZ": (r"([0-9]{3})([0-9]{2})", " ", "110 00"),
    "DE": (_FIVE, "", "10115"),
    "DK": (_FOUR, "", "2100"),
    "ES": (_FIVE, "", "28013"),
    "FI": (_FIVE, "", "00100"),
    "FR": (_FIVE, "", "75001"),
    "GB": (r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR)([0-9][A-Z]{2})", " ", "N1 9GU"),
    "GR": (r"([0-9]{3})([0-9]{2})", " ", "105 57"),
    "HU": (_FOUR, "", "1051"),
    "IE": (r"([A-Z][0-9][0-9W])([A-Z0-9]{4})", " ", "D01 F5P2"),
    "IN": (_SIX, "", "110001"),
    "IT": (_FIVE, "", "00184"),
    "JP": (r"([0-9]{3})([0-9]{4})", "-", "100-0001"),
    "LU": (_FOUR, "", "1111"),
    "MX": (_FIVE, "", "06000"),
    "NL": (r"([0-9]{4})([A-Z]{2})", " ", "1012 JS"),
    "NO": (_FOUR, "", "0150"),
    "NZ": (_FOUR, "", "6011"),
    "PL": (r"([0-9]{2})([0-9]{3})", "-", "00-001"),
    "PT": (r"([0-9]{4})([0-9]{3})?", "-", "1100-148"),
    "SE": (r"([0-9]{3})([0-9]{2})", " ", "111 20"),
    "SK": (r"([0-9]{3})([0-9]{2})", " ", "811 01"),
    "US": (r"([0-9]{5})([0-9]{4})?", "-", "20001"),
}
# Letters for the country stand before the number on envelopes from abroad: D-10115, SE-111 20.
_ABROAD = re.compile(r"[A-Z]{1,2}-(?=[0-9])")


def postcode_of(country: str, postcode: str) -> str:
    """`postcode`, which `clean_postcode` has passed, as `country` (a code) writes it.

    Raises ValueError with an example where it cannot be one of that country.
    """
    if not postcode or country not in _STRICT:
        return postcode
    pattern, between, example = _STRICT[country]
    given = _ABROAD.sub("", postcode, count=1) if pattern.startswith("([0-9]") else postcode
    found = re.fullmatch(pattern, given.replace(" ", "").replace("-", ""))
    if found is None:
        raise ValueError(
            _("Enter a postcode of your country, like %(example)s, or none.", example=example)
        )
    return between.join(group for group in found.groups() if group)
