"""Translating campaigns and articles in the workspace."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.making import TEXT, make_campaign, rows, value
from tests.support.staff import Staff
from tests.support.writing import article_form, error_of, night_buses, opened, revision_in

LIST = "/staff/campaigns/night-buses/translations"
ES = f"{LIST}/es"
ARTICLE = "/staff/articles/the-last-bus/translations"


@pytest.fixture
def organiser(staff: Callable[[str], Staff]) -> Staff:
    make_campaign()
    return staff("organiser")


def spanish(**changes: Any) -> dict[str, Any]:
    """The form of a translation into Spanish, with `changes`."""
    return {
        "title": "Autobuses nocturnos",
        "ask": "Que circule un autobús en cada línea.",
        "summary": "",
        "picture_alt": "",
        "markdown": "Pedimos *autobuses*.",
        "revision": "0",
        **changes,
    }


@pytest.mark.usefixtures("four_languages")
def test_a_campaign_is_translated_and_then_read(organiser: Staff, client: FlaskClient) -> None:
    page = organiser.get(ES).text
    assert TEXT in page
    assert 'id="field-title" name="title" type="text" value="" required lang="es" dir="ltr"' in page
    answer = organiser.post(ES, spanish(revision=revision_in(page)))
    assert (answer.status_code, answer.location) == (303, ES)
    assert "<p>Pedimos <em>autobuses</em>.</p>" in client.get("/es/campaigns/night-buses").text
    assert "Pedimos *autobuses*.\n</textarea>" in organiser.get(ES).text


def test_the_list_says_how_it_stands(organiser: Staff) -> None:
    organiser.post(ES, spanish())
    page = organiser.get(LIST).text
    assert page.count("badge-none") == 2
    assert "badge-current" in page
    answer = organiser.post(
        "/staff/campaigns/night-buses/edit", night_buses(markdown="Other words.", revision="1")
    )
    assert answer.status_code == 303
    assert (
        "Its translations are out of date"
        in organiser.get("/staff/campaigns/night-buses/edit").text
    )
    assert "badge-stale" in organiser.get(LIST).text
    assert "The original has changed" in organiser.get(ES).text
    # Saved again as it is, it counts as looked at.
    assert organiser.post(ES, spanish(revision="1")).status_code == 303
    assert "badge-stale" not in organiser.get(LIST).text
    assert value("SELECT revision FROM campaign_translation") == 2


def test_wrong_input_is_told_and_kept(organiser: Staff) -> None:
    answer = organiser.post(ES, spanish(ask="", summary="Guardado & bien"))
    assert answer.status_code == 400
    assert error_of(answer.text, "ask") == "What is asked for is empty."
    assert "Guardado &amp; bien" in answer.text
    assert rows("SELECT FROM campaign_translation") == []


def test_the_second_to_save_is_told_and_nothing_is_lost(
    organiser: Staff, staff: Callable[[str], Staff]
) -> None:
    admin = staff("admin")
    seen = opened(organiser, ES)
    assert admin.post(ES, spanish(revision=seen)).status_code == 303
    mine = spanish(title="Buses de noche", revision=seen)
    answer = organiser.post(ES, mine)
    assert answer.status_code == 409
    assert "admin@example.org" in answer.text
    assert 'value="Buses de noche"' in answer.text
    assert value("SELECT title FROM campaign_translation") == "Autobuses nocturnos"
    again = organiser.post(ES, {**mine, "revision": revision_in(answer.text)})
    assert again.status_code == 303
    assert value("SELECT title FROM campaign_translation") == "Buses de noche"
    history = unescape(organiser.get(f"{ES}/history").text)
    assert "<del>Autobuses nocturnos</del>" in history


def test_the_second_click_of_a_double_click_is_a_save(organiser: Staff) -> None:
    assert [organiser.post(ES, spanish()).status_code for _ in range(2)] == [303, 303]
    assert value("SELECT revision FROM campaign_translation") == 1


def test_every_save_is_on_record(organiser: Staff) -> None:
    organiser.post(ES, spanish())
    organiser.post(ES, spanish(revision="1"))
    organiser.post(ES, spanish(revision="1", ask="Que haya autobuses."))
    found = rows(
        "SELECT actor, action FROM audit_event"
        " WHERE subject = 'campaign:night-buses:es' ORDER BY number"
    )
    assert found == [
        ("organiser@example.org", "campaign translation added"),
        ("organiser@example.org", "campaign translation updated"),
    ]


def test_the_preview_stores_nothing(organiser: Staff) -> None:
    page = organiser.post(f"{ES}/preview", spanish()).text
    assert "<h1>Autobuses nocturnos</h1>" in page
    assert "<p>Pedimos <em>autobuses</em>.</p>" in page
    assert TEXT in page
    unfinished = organiser.post(f"{ES}/preview", {})
    assert unfinished.status_code == 200
    assert "<h1>Night buses for everyone</h1>" in unfinished.text
    assert rows("SELECT FROM campaign_translation") == []
    assert rows("SELECT FROM pledge_text_translation") == []


@pytest.mark.usefixtures("four_languages")
def test_an_article_is_translated_and_then_read(organiser: Staff, client: FlaskClient) -> None:
    organiser.post("/staff/articles/new", article_form())
    given = {"title": "El último autobús", "markdown": "Se abre la puerta.", "revision": "0"}
    preview = organiser.post(f"{ARTICLE}/es/preview", given).text
    assert "<h1>El último autobús</h1>" in preview
    assert "<p>Se abre la puerta.</p>" in preview
    assert rows("SELECT FROM article_translation") == []
    answer = organiser.post(f"{ARTICLE}/es", given)
    assert (answer.status_code, answer.location) == (303, f"{ARTICLE}/es")
    assert "badge-current" in organiser.get(ARTICLE).text
    assert "<p>Se abre la puerta.</p>" in client.get("/es/articles/the-last-bus").text
    assert "At ten to one" in client.get("/en/articles/the-last-bus").text
    assert organiser.get(f"{ARTICLE}/es/history").status_code == 200


def test_an_original_may_be_in_any_language(organiser: Staff) -> None:
    form = night_buses(language="ar", revision="1")
    assert organiser.post("/staff/campaigns/night-buses/edit", form).status_code == 303
    assert value("SELECT language FROM campaign") == "ar"
    assert "The original is in Arabic." in organiser.get(LIST).text
    assert "Only in this language" not in organiser.post("/staff/preview/campaign", form).text
    assert organiser.get(f"{LIST}/en").status_code == 200
    wrong = night_buses(language="xx", revision="2")
    answer = organiser.post("/staff/campaigns/night-buses/edit", wrong)
    assert "must be one of en, es, fr, ar" in error_of(answer.text, "language")


def test_what_was_written_survives_an_ended_session(organiser: Staff, client: FlaskClient) -> None:
    answer = client.post(ES, data=spanish(title="Buses de noche"))
    assert answer.status_code == 401
    assert "Buses de noche" in answer.text


@pytest.mark.parametrize(
    "path", ["en", "de", "xx/history", "%00", "%00/history", "es/history", "ES"]
)
def test_what_is_not_there_is_not_found(organiser: Staff, path: str) -> None:
    assert organiser.get(f"{LIST}/{path}").status_code == 404
    assert organiser.get(f"/staff/campaigns/nothing/translations/{path}").status_code == 404
    assert organiser.get(f"{ARTICLE}/{path}").status_code == 404
