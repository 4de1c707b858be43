"""A part of a campaign's signatures: those of some countries, or beginnings of postcodes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from campaign.countries import CODES
from campaign.errors import Invalid

MAX_PREFIXES = 500
_PREFIX = re.compile("[A-Za-z0-9]{1,16}")
_IGNORED = str.maketrans("", "", " -")


@dataclass(frozen=True)
class Slice:
    """Signatures of one of these countries, under one of these beginnings of postcodes.

    Where one of both is empty, it says nothing; where both are, the slice is everything.
    """

    countries: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.countries or self.postcodes)

    @property
    def values(self) -> dict[str, Any]:
        """The values in `matching`."""
        beginnings = f"^({'|'.join(self.postcodes)})" if self.postcodes else ""
        return {"countries": list(self.countries), "beginnings": beginnings}


EVERYTHING = Slice()


def matching(row: str) -> str:
    """SQL of the condition that `row`, a table with `country` and `postcode`, is in a slice."""
    return f"""
    (%(countries)s::varchar[] = '{{}}' OR {row}.country = ANY(%(countries)s::varchar[]))
    AND (%(beginnings)s::text = ''
        OR upper(translate({row}.postcode, ' -', '')) ~ %(beginnings)s::text)
    """


def read_slice(countries: Iterable[str], postcodes: str | Iterable[str]) -> Slice:
    """The slice that somebody asks for, in its normal form.

    `postcodes` are beginnings, or a text of them separated by commas or line breaks; upper and
    lower case, spaces inside and hyphens make no difference. Raises Invalid.
    """
    wrong = {}
    codes = sorted({country.strip().upper() for country in countries} - {""})
    if unknown := [code for code in codes if code not in CODES]:
        wrong["countries"] = f"Choose countries from the list; {unknown[0][:9]!a} is none."
    given = re.split("[,;\n]", postcodes) if isinstance(postcodes, str) else postcodes
    beginnings = {prefix.translate(_IGNORED).strip() for prefix in given} - {""}
    if bad := [one for one in beginnings if not _PREFIX.fullmatch(one)]:
        wrong["postcodes"] = (
            "Enter beginnings of postcodes, up to 16 letters and digits each; "
            f"{bad[0][:20]!a} is none."
        )
    elif len(beginnings) > MAX_PREFIXES:
        wrong["postcodes"] = f"Enter {MAX_PREFIXES} beginnings of postcodes at most."
    if wrong:
        raise Invalid(wrong)
    return Slice(tuple(codes), tuple(sorted({one.upper() for one in beginnings})))
