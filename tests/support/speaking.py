"""Four languages for a test, whichever those of the checkout are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.pofile import read_po

from campaign import languages
from campaign.public import languages as addresses

FOUR = {"en": "English", "es": "Español", "fr": "Français", "ar": "العربية"}


@pytest.fixture
def four_languages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Pages speak Spanish, French and Arabic, too; their catalogues are empty."""
    folder = tmp_path_factory.mktemp("catalogues")
    with pytest.MonkeyPatch.context() as patch:
        for code, name in FOUR.items():
            patch.setitem(languages.NAMES, code, name)
            file = folder / code / "LC_MESSAGES" / "messages.po"
            file.parent.mkdir(parents=True)
            file.write_text('msgid "Catalogue"\nmsgstr ""\n')
        patch.setattr(languages, "folder", lambda _: folder)
        _forget()
        yield
    _forget()


def english_left(shown: str, code: str) -> list[str]:
    """Sentences of ours that are shown in English on a page in the language `code`."""
    return [sentence for sentence in _translated(code) if sentence in shown]


@cache
def _translated(code: str) -> list[str]:
    """What is said otherwise in that language, where it is long enough to be nothing else."""
    source = languages.folder("translations") / code / "LC_MESSAGES" / "messages.po"
    with source.open("rb") as file:
        catalogue = read_po(file, locale=code)
    found = [one.id for one in catalogue if isinstance(one.id, str)]
    said = languages.translations(code).gettext
    return [
        one for one in found if len(one) > 11 and not {"%", "<"} & set(one) and said(one) != one
    ]


def _forget() -> None:
    for kept in (languages.translations, addresses._wanted):
        kept.cache_clear()
