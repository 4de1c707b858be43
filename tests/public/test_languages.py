"""The language of a page: that of its address, or else the browser's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from campaign import languages
from campaign.languages import NAMES, direction, gettext, local_date, local_number, speaking
from campaign.public import languages as addresses
from campaign.public.languages import InLanguage
from tests.support.making import make_campaign

FOUR = {"en": "English", "es": "Español", "fr": "Français", "ar": "العربية"}
CATALOGUE = """
msgid "Check a delivery"
msgstr "%s"
"""


def forget() -> None:
    for kept in (languages.translations, addresses._wanted):
        kept.cache_clear()


@pytest.fixture(autouse=True)
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four languages are spoken, whichever those of the checkout are."""
    for code, name in FOUR.items():
        monkeypatch.setitem(NAMES, code, name)
        file = tmp_path / code / "LC_MESSAGES" / "messages.po"
        file.parent.mkdir(parents=True)
        file.write_text(CATALOGUE % f"in {code}")
    monkeypatch.setattr(languages, "folder", lambda _: tmp_path)
    forget()
    yield
    monkeypatch.undo()
    forget()


def spoken(text: str) -> str:
    """The language that a page says it is in."""
    return text.partition('<html lang="')[2].partition('"')[0]


@pytest.mark.parametrize("code", FOUR)
def test_an_address_names_its_language(client: FlaskClient, code: str) -> None:
    page = client.get(f"/{code}/", headers={"Accept-Language": "en"}).text
    assert spoken(page) == code
    assert f'dir="{direction(code)}"' in page


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("", "en"),
        ("es-MX, en;q=0.5", "es"),
        ("de, fr;q=0.3", "fr"),
        ("ar", "ar"),
        ("de", "en"),
        ("en-GB, ar;q=0.9", "en"),
        ("*", "en"),
        (";;;q=x,,,", "en"),
        ("es;q=nan", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_without_one_the_browser_is_asked(client: FlaskClient, wanted: str, code: str) -> None:
    found = client.get("/", headers={"Accept-Language": wanted})
    assert spoken(found.text) == code
    assert "Accept-Language" in found.headers["Vary"]


def test_kept_pages_are_kept_for_each_language(client: FlaskClient) -> None:
    for code in (*NAMES, *NAMES):
        assert spoken(client.get(f"/{code}/campaigns").text) == code
        assert spoken(client.get("/campaigns", headers={"Accept-Language": code}).text) == code


def test_an_address_with_a_language_is_the_same_for_every_browser(client: FlaskClient) -> None:
    assert "Accept-Language" not in client.get("/es/campaigns").headers["Vary"]


@pytest.mark.parametrize("path", ["/es/staff/login", "/es/es/", "/esp", "/de/", "/es//x"])
def test_what_is_no_page_stays_none(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_language_alone_is_the_home_page(client: FlaskClient) -> None:
    assert client.get("/es").text == client.get("/es/").text


def test_every_page_leads_to_itself_in_the_other_languages(client: FlaskClient) -> None:
    make_campaign()
    # What is not there is in no other language either.
    for path, plain in (
        ("/campaigns", "/campaigns"),
        ("/campaigns/night-buses", "/campaigns/night-buses"),
        ("/es/articles", "/articles"),
        ("/ar/no-such-page", "/"),
    ):
        page = client.get(path).text
        for code, name in FOUR.items():
            assert f'href="/{code}{plain}" hreflang="{code}" lang="{code}"' in page
            assert f">{name}</a>" in page
        assert page.count('aria-current="true">' + FOUR[spoken(page)]) == 1


def test_a_page_that_a_form_leads_to_leads_to_the_one_with_the_form(client: FlaskClient) -> None:
    make_campaign()
    page = client.post("/campaigns/night-buses/sign", data={"name": ""}).text
    assert 'href="/es/campaigns/night-buses" hreflang="es"' in page


def test_links_stay_in_the_language_of_the_address(client: FlaskClient) -> None:
    make_campaign()
    page = client.get("/fr/campaigns/night-buses").text
    assert 'href="/fr/campaigns"' in page
    assert 'data-count="/fr/campaigns/night-buses/count.json"' in page
    assert 'href="/campaigns"' not in page


def test_where_one_language_is_spoken_there_is_none_to_choose(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'class="languages"' in client.get("/").text
    for code in ("es", "fr", "ar"):
        monkeypatch.delitem(NAMES, code)
    client.application.extensions["groundswell.pages"].forget()
    assert 'class="languages"' not in client.get("/").text


def test_a_catalogue_alone_is_not_spoken(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(NAMES, "es")
    assert client.get("/es/").status_code == 404
    assert spoken(client.get("/", headers={"Accept-Language": "es, fr;q=0.5"}).text) == "fr"
    with speaking("es"):
        assert gettext("Check a delivery") == "Check a delivery"


def test_sentences_come_from_the_catalogue_of_the_language(client: FlaskClient) -> None:
    with client.application.app_context():
        for code in ("es", "fr", "ar"):
            with speaking(code):
                assert gettext("Check a delivery") == f"in {code}"
                assert gettext("No such sentence") == "No such sentence"


def test_numbers_and_days_follow_the_language() -> None:
    day = dt.date(2026, 3, 1)
    shown = {}
    for code in NAMES:
        with speaking(code):
            shown[code] = (local_number(1_234_567), local_date(day))
    assert shown["en"] == ("1,234,567", "1 March 2026")
    assert shown["es"] == ("1.234.567", "1 de marzo de 2026")
    assert shown["fr"] == ("1\u202f234\u202f567", "1 mars 2026")
    assert shown["ar"][1] == "1 مارس 2026"


def test_addresses_that_only_look_like_one_are_left_alone() -> None:
    seen: list[str] = []

    def app(environ: dict[str, str], _: object) -> list[bytes]:
        seen.append(environ["PATH_INFO"])
        return []

    for path in ("/english", "/e", "/", "", "/ES/", "/es-x"):
        InLanguage(app)({"PATH_INFO": path}, lambda *_: None)  # type: ignore[arg-type]
        assert seen.pop() == path
