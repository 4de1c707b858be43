"""Countries of ISO 3166-1, with the names people know them by, in the language that is spoken."""

from __future__ import annotations

import unicodedata
from functools import cache

import pycountry
from babel import Locale
from markupsafe import Markup

from campaign.languages import gettext as _
from campaign.languages import language

CODES: frozenset[str] = frozenset(country.alpha_2 for country in pycountry.countries)


def country_names() -> dict[str, str]:
    """Code to name, in the order of names."""
    return _names(language())


def country_options(selected: str = "") -> Markup:
    """The `<option>` elements of a country field, made once for each selected country.

    A form library builds these 249 elements anew for every page, which costs milliseconds. What is
    no country selects none, and is not remembered: visitors may post anything.
    """
    return _options(selected if selected in CODES else "", language(), _("Choose…"))


@cache
def _names(code: str) -> dict[str, str]:
    territories = Locale(code).territories
    names = {country: str(territories.get(country, country)) for country in CODES}
    return dict(sorted(names.items(), key=lambda item: _place(item[1])))


def _place(name: str) -> str:
    """Where a name stands in a list: its letters as dictionaries order them, without accents."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(c for c in letters if not unicodedata.combining(c)).casefold()


@cache
def _options(selected: str, code: str, nothing: str) -> Markup:
    options = [Markup('<option value="">{}</option>').format(nothing)]
    for country, name in _names(code).items():
        mark = Markup(" selected") if country == selected else ""
        options.append(Markup('<option value="{}"{}>{}</option>').format(country, mark, name))
    return Markup("\n").join(options)
