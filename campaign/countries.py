"""Countries of ISO 3166-1, with the names people know them by."""

from __future__ import annotations

from functools import cache

import pycountry
from babel import Locale
from markupsafe import Markup

CODES: frozenset[str] = frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def country_names(language: str = "en") -> dict[str, str]:
    """Code to name, in the order of names."""
    territories = Locale(language).territories
    names = {code: str(territories.get(code, code)) for code in CODES}
    return dict(sorted(names.items(), key=lambda item: item[1]))


@cache
def country_options(selected: str = "", language: str = "en") -> Markup:
    """The `<option>` elements of a country field, made once for each selected country.

    A form library builds these 249 elements anew for every page, which costs milliseconds.
    """
    options = [Markup('<option value="">Choose…</option>')]
    for code, name in country_names(language).items():
        mark = Markup(" selected") if code == selected else ""
        options.append(Markup('<option value="{}"{}>{}</option>').format(code, mark, name))
    return Markup("\n").join(options)
