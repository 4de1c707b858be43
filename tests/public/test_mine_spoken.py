"""One's own page in another language: every sentence comes from the catalogue, every link stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.support import NullTranslations
from flask.testing import FlaskClient

from campaign import languages
from campaign.links import make_token
from campaign.public import languages as addresses
from campaign.signatures.consents import CURRENT
from campaign.signatures.own import own_signature
from tests.delivery.making import TAKEN, change, compiled, petition
from tests.public.own import one_in
from tests.support.making import rows

RIGHT = {"name": "Zoe", "country": "FR", "postcode": "75011", "comment": ""}
# What is no sentence of these pages: what people typed, names, and what every form says.
DATA = (
    "Groundswell", "(optional)", "Night buses for everyone",
    "Run a bus on every line, every night.",
    "Zoë", "Zoe",
    "Nguyễn", "N1 9GU", "75011", "Francia", "Reino Unido", "We ask for night buses on every line,"
    " every day of the week.", "night-buses", "from=cafe",
)  # fmt: skip


class Marked(NullTranslations):  # type: ignore[misc]
    """A catalogue that puts every sentence between marks."""

    def ugettext(self, message: str) -> str:
        return f"‹{message}›"

    def ungettext(self, one: str, many: str, number: int) -> str:
        return f"‹{one if number == 1 else many}›"


@pytest.fixture(autouse=True)
def spanish(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(languages.NAMES, "es", "Español")
    monkeypatch.setattr(languages, "translations", lambda code: Marked())
    addresses._wanted.cache_clear()
    yield
    addresses._wanted.cache_clear()


def bare(page: str) -> list[str]:
    """The words of the main part of a page that no catalogue was asked for, but for data."""
    main = page.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r"<select.*?</select>|<(bdi|time|textarea)\b.*?</\1>", " ", main, flags=re.DOTALL)
    plain = re.sub(r"<[^>]*>", "\n", "<main" + main)
    while (less := re.sub("‹[^‹›]*›", "", plain)) != plain:
        plain = less
    for known in DATA:
        plain = plain.replace(known, "")
    return [line.strip() for line in plain.splitlines() if re.search("[a-zA-Z]{2}", line)]


def elsewhere(page: str) -> list[str]:
    """Links and forms of the main part that lead out of the language."""
    main = page.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'(?:href|action)="(/[^"]*)"', main)
    assert found
    return [one for one in found if not one.startswith("/es/")]


@pytest.mark.parametrize("state", ["pending", "confirmed", "withdrawn", "excluded", "erased"])
def test_every_sentence_is_asked_of_the_catalogue(
    client: FlaskClient, tmp_path: Path, state: str
) -> None:
    petition()
    one, here = one_in("confirmed", source="from=cafe", public=True)
    compiled(tmp_path)
    change("UPDATE delivery SET state = 'sent', sent_at = now()")
    change(TAKEN)
    for path, data in (("correct", RIGHT), ("updates", {"wanted": "y"})):
        assert client.post(f"{here}/{path}", data=data).status_code == 303
    if state == "erased":
        client.post(f"{here}/erase")
    else:
        change("UPDATE signature SET state = :s WHERE id = :id", s=state, id=one)
    for path in ("", "/data", "/erase"):
        page = client.get(f"/es{here}{path}")
        if page.status_code == 200:
            own = own_signature(one)
            hidden = (own.network or "-", own.text_sha256, own.email or "-")
            left = [line for line in bare(page.text) if line not in (*hidden, "en")]
            assert left == []
            assert elsewhere(page.text) == []


def test_refusals_and_mistakes_are_in_the_language_too(client: FlaskClient) -> None:
    petition()
    _, here = one_in("withdrawn")
    for path, data in (("correct", RIGHT), ("public", {"wanted": "y"})):
        page = client.post(f"/es{here}/{path}", data=data)
        assert page.status_code == 409
        assert bare(page.text) == []
        assert elsewhere(page.text) == []
    _, here = one_in("confirmed")
    page = client.post(f"/es{here}/correct", data={**RIGHT, "postcode": "?"})
    assert page.status_code == 400
    assert f'action="/es{here}/correct"' in page.text


def test_unsubscribing_speaks_it_and_the_record_keeps_the_words(client: FlaskClient) -> None:
    petition()
    one, here = one_in("confirmed")
    client.post(f"/es{here}/updates", data={"wanted": "y"})
    link = f"/es/unsubscribe/{make_token('unsubscribe', one)}"
    for page in (client.get(link), client.post(link)):
        assert bare(page.text) == []
        assert elsewhere(page.text) == []
    assert rows("SELECT what, given, language, how FROM consent_change ORDER BY id") == [
        ("updates", True, "es", "own page"),
        ("updates", False, "es", "unsubscribe link"),
    ]
    assert f"‹{CURRENT.updates}›" in client.get(f"/es{here}").text
    found = client.get(f"/es{here}/data.json").json
    assert found is not None
    assert found["consent"]["history"][-1]["wording"] == CURRENT.updates
