"""Refusals are told in the language of the address, or else of the browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from babel.support import NullTranslations
from flask.testing import FlaskClient

from campaign import languages
from campaign.errors import NotFound, SettingsError
from campaign.public.languages import _wanted
from campaign.public.sentences import said, words


class Marked(NullTranslations):
    """Stands in for a translation: each sentence between brackets."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ungettext(self, one: str, many: str, count: int) -> str:
        return f"⟦{one if count == 1 else many}⟧"


@pytest.fixture(autouse=True)
def spanish(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(languages.NAMES, "es", "Español")
    monkeypatch.setattr(
        languages,
        "translations",
        lambda code: NullTranslations() if code == "en" else Marked(),
    )
    _wanted.cache_clear()
    yield
    _wanted.cache_clear()


def test_a_refusal_speaks_the_language_of_its_address(client: FlaskClient) -> None:
    page = client.get("/es/nothing").text
    assert "⟦There is nothing here⟧" in page
    assert "⟦The address may be mistyped, or the page has gone.⟧" in page
    assert '<a class="button" href="/es/">⟦Go to the home page⟧</a>' in page
    assert "⟦" not in client.get("/nothing").text


def test_programs_are_told_in_their_language(client: FlaskClient) -> None:
    headers = {"Accept": "application/json", "Accept-Language": "es"}
    for path in ("/campaigns/nothing", "/nothing"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 404
        assert answer.json is not None
        assert answer.json["error"].startswith("⟦")


def test_the_page_for_offices_speaks_it_too(client: FlaskClient) -> None:
    page = client.get("/es/office").text
    assert "⟦For offices⟧" in page
    assert 'action="/es/office"' in page
    wrong = client.post("/es/office", data={"email": "nobody"}).text
    assert "⟦Enter an email address in the correct format, like name@example.org.⟧" in wrong
    assert client.post("/es/office", data={"email": "a@example.org"}).location == "/es/office/asked"
    expired = client.get("/es/office/nonsense").text
    assert "⟦There is nothing here⟧" in expired


def test_what_an_error_says_in_words_of_its_own_is_left(client: FlaskClient) -> None:
    with client.application.app_context(), languages.speaking("es"):
        assert said(NotFound()) == "⟦There is nothing here.⟧"
        assert said(NotFound("no such campaign")) == "no such campaign"
        assert said(SettingsError("wrong")) == "wrong"
        assert words(599) == ("⟦That did not work⟧", "⟦Please try again.⟧")
