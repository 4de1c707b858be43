"""The languages that pages, mails and packages speak, and how each writes numbers and days.

Sentences stand in the code in English, in `_("…")`; `translations/` has a catalogue of them for
every other language. The catalogues are read as people edit them, so that no compiled copy can
be stale or missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.plural import to_gettext
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, gettext, ngettext

from campaign.resources import folder

__all__ = [
    "DEFAULT",
    "NAMES",
    "Catalogues",
    "direction",
    "gettext",
    "install",
    "language",
    "local_date",
    "local_number",
    "ngettext",
    "speaking",
    "translations",
]

DEFAULT = "en"
# What each language that is spoken calls itself. One comes in when its catalogue is whole: a page
# that calls itself Spanish and speaks English is read out wrongly.
NAMES = {"en": "English", "es": "Español", "fr": "Français", "ar": "العربية"}
# Where the choice for a request stands in its WSGI environment.
CHOSEN = "groundswell.language"

_forced: ContextVar[str | None] = ContextVar("forced", default=None)


def language() -> str:
    """The code of the language that is spoken now: that of `speaking`, or else of the request."""
    forced = _forced.get()
    if forced is None and has_request_context():
        return str(request.environ.get(CHOSEN, DEFAULT))
    return forced or DEFAULT


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak the language `code` for a while, or English should it be none of ours."""
    before = _forced.set(code if code in NAMES else DEFAULT)
    try:
        yield
    finally:
        _forced.reset(before)


def direction(code: str | None = None) -> str:
    """`ltr` or `rtl`: how a language runs, by default the one that is spoken now."""
    return Locale.parse(code or language()).text_direction


def local_number(value: int) -> str:
    """A whole number as the language that is spoken now writes it."""
    return format_decimal(value, locale=language())


def local_date(day: dt.date) -> str:
    """A day, or that of a moment (in UTC), in words of the language that is spoken now."""
    if isinstance(day, dt.datetime):
        day = day.astimezone(dt.UTC)
    code = language()
    # The long form of plain English is the American one, which puts the month first.
    return format_date(day, "d MMMM y" if code == DEFAULT else "long", locale=code)


class Catalogues(Domain):  # type: ignore[misc]
    """Flask-Babel's way to our catalogues."""

    def get_translations(self) -> NullTranslations:
        return translations(language())


@cache
def translations(code: str) -> NullTranslations:
    """The sentences of the language `code`; a sentence that it lacks stays English."""
    if code == DEFAULT:
        return NullTranslations()
    source = folder("translations") / code / "LC_MESSAGES" / "messages.po"
    catalogue = read_po(BytesIO(_head(code) + source.read_bytes()), locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _head(code: str) -> bytes:
    """What the catalogue of a language begins with: which number takes which form, if need be."""
    # Babel's own rule for Arabic catalogues gives 12 the form of 100. That of the CLDR, which our
    # forms follow, knows for Spanish and French a form for millions that nothing here needs.
    if code != "ar":
        return b""
    rule = to_gettext(Locale.parse(code).plural_form)
    return f'msgid ""\nmsgstr "Plural-Forms: {rule}\\n"\n\n'.encode()


def install(app: Flask) -> None:
    """Have the pages and acts of `app` speak the language of the request."""
    babel = Babel()
    babel.domain_instance = Catalogues()
    # Flask-Babel remembers a language for as long as a context lasts; ours may change within one.
    babel.init_app(app, locale_selector=language)
