"""Writing articles in the workspace."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.articles.publishing import import_articles
from tests.content.examples import ARTICLE
from tests.support.making import make_campaign, rows, value
from tests.support.staff import Staff
from tests.support.writing import article_form, error_of, opened, revision_in

NEW = "/staff/articles/new"
EDIT = "/staff/articles/the-last-bus/edit"


@pytest.fixture
def organiser(staff: Callable[[str], Staff]) -> Staff:
    return staff("organiser")


def test_an_article_is_written_and_then_read(organiser: Staff, client: FlaskClient) -> None:
    make_campaign()
    text = "The door opens.\n\nTake Action: Ask for buses"
    answer = organiser.post(NEW, article_form(markdown=text, campaign="night-buses"))
    assert (answer.status_code, answer.location) == (303, EDIT)
    page = client.get("/articles/the-last-bus").text
    assert "<p>The door opens.</p>" in page
    assert "/campaigns/night-buses?from=the-last-bus" in page
    assert "16 January 2026" in page


def test_the_form_shows_what_is_stored(organiser: Staff) -> None:
    organiser.post(NEW, article_form(summary="A <b>bold</b> one"))
    page = organiser.get(EDIT).text
    assert 'value="2026-01-16T08:30"' in page
    assert "A &lt;b&gt;bold&lt;/b&gt; one" in page
    # What the form shows is what is stored: sending it back changes nothing.
    answer = organiser.post(
        EDIT, article_form(summary="A <b>bold</b> one", revision=revision_in(page))
    )
    assert answer.status_code == 303
    assert value("SELECT revision FROM article") == 1


def test_an_address_is_made_from_the_title(organiser: Staff) -> None:
    answer = organiser.post(NEW, article_form(slug="", title="Über die letzte Fähre!"))
    assert answer.location == "/staff/articles/uber-die-letzte-fahre/edit"


def test_what_is_published_without_a_time_is_published_now(
    organiser: Staff, client: FlaskClient
) -> None:
    organiser.post(NEW, article_form(published=""))
    assert client.get("/articles/the-last-bus").status_code == 200
    assert value("SELECT now() - published < interval '1 minute' FROM article")


@pytest.mark.parametrize(
    ("changes", "phase"),
    [
        ({"state": "draft", "published": ""}, "draft"),
        ({"published": "2190-01-01T00:00"}, "scheduled"),
    ],
)
def test_drafts_and_scheduled_articles_are_listed_here_alone(
    organiser: Staff, client: FlaskClient, changes: dict[str, str], phase: str
) -> None:
    organiser.post(NEW, article_form(**changes))
    assert f"badge-{phase}" in organiser.get("/staff/articles").text
    assert client.get("/articles/the-last-bus").status_code == 404
    listed = organiser.get(f"/staff/articles?phase={phase}&search=LAST+ada").text
    assert "The last bus" in listed
    assert "The last bus" not in organiser.get("/staff/articles?phase=published").text


def test_wrong_input_is_told_and_kept(organiser: Staff) -> None:
    wrong = article_form(title="", summary="Kept & safe", markdown="\r\n\r\na\r\n\r\n![x](/y)")
    answer = organiser.post(NEW, wrong)
    assert answer.status_code == 400
    assert error_of(answer.text, "title") == "Title is empty."
    assert error_of(answer.text, "markdown") == (
        "The text needs correcting in line 3: images are not possible yet."
    )
    assert "Kept &amp; safe" in answer.text
    assert "<title>Error:" in answer.text
    assert rows("SELECT FROM article") == []


def test_an_address_that_is_in_use_is_refused(organiser: Staff) -> None:
    organiser.post(NEW, article_form())
    answer = organiser.post(NEW, article_form(title="Another"))
    assert answer.status_code == 400
    assert "is in use already" in error_of(answer.text, "slug")
    assert rows("SELECT title FROM article") == [("The last bus",)]


def test_the_second_to_save_is_told_and_nothing_is_lost(
    organiser: Staff, staff: Callable[[str], Staff]
) -> None:
    admin = staff("admin")
    organiser.post(NEW, article_form())
    seen = opened(organiser, EDIT)
    admin.post(EDIT, article_form(markdown="At one the door opens.", revision=seen))
    mine = article_form(markdown="At ten to one the gate opens.", revision=seen)
    answer = organiser.post(EDIT, mine)
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "admin@example.org" in page
    assert "At<ins> ten to</ins> one the <del>door</del><ins>gate</ins> opens." in page
    assert "At ten to one the gate opens.</textarea>" in page
    assert value("SELECT markdown FROM article") == "At one the door opens.\n"
    # Whoever has seen the difference may save over it, and theirs is still there to be read.
    again = organiser.post(EDIT, {**mine, "revision": revision_in(answer.text)})
    assert again.status_code == 303
    assert value("SELECT markdown FROM article") == "At ten to one the gate opens.\n"
    history = organiser.get("/staff/articles/the-last-bus/history?old=2&new=3").text
    assert "<del>door</del>" in history
    assert "admin@example.org" in history


def test_a_form_without_its_revision_saves_over_nobody(organiser: Staff) -> None:
    organiser.post(NEW, article_form())
    for revision in ("", "-1", "9" * 5000, "1e9", "٣", "0"):
        answer = organiser.post(EDIT, article_form(title="Mine", revision=revision))
        assert answer.status_code == 409
    assert value("SELECT title FROM article") == "The last bus"


def test_a_file_that_was_imported_meanwhile_counts_as_a_save(
    organiser: Staff, tmp_path_factory: pytest.TempPathFactory
) -> None:
    make_campaign()
    organiser.post(NEW, article_form())
    seen = opened(organiser, EDIT)
    path = tmp_path_factory.mktemp("files") / "a.md"
    path.write_text(ARTICLE)
    import_articles([path])
    assert organiser.post(EDIT, article_form(revision=seen)).status_code == 409


def test_every_save_that_changes_something_is_on_record(organiser: Staff) -> None:
    organiser.post(NEW, article_form())
    organiser.post(EDIT, article_form(revision="1"))
    organiser.post(EDIT, article_form(revision="1", title="Changed", state="draft"))
    found = rows(
        "SELECT actor, action, details FROM audit_event"
        " WHERE subject LIKE 'article:%' ORDER BY number"
    )
    added = {"revision": 1, "changed": "everything", "state": "published"}
    updated = {"revision": 2, "changed": "title, state", "state": "draft"}
    assert found == [
        ("organiser@example.org", "article added", added),
        ("organiser@example.org", "article updated", updated),
    ]


PATHS = (
    "unheard-of/edit",
    "unheard-of/history",
    "%00/edit",
    "a'b/edit",
    "the-last-bus/history?old=x",
    "the-last-bus/history?new=99",
    "the-last-bus/history?new=99999999999999999999",
)


def test_what_is_not_there_is_not_found(organiser: Staff) -> None:
    organiser.post(NEW, article_form())
    for path in PATHS:
        assert organiser.get(f"/staff/articles/{path}").status_code == 404, path
    for page in ("0", "-1", "x", "9" * 30):
        assert organiser.get(f"/staff/articles?page={page}").status_code == 404, page


def test_any_search_is_answered(organiser: Staff) -> None:
    organiser.post(NEW, article_form())
    for search in ("%25", "_", "'", "%F0%9F%9A%8C", "a" * 3000, "%FF"):
        assert "No article matches" in organiser.get(f"/staff/articles?search={search}").text
    assert organiser.get("/staff/articles?search=%00&phase=%00").status_code == 200


def test_saving_what_is_not_there_is_not_found(app: Flask, organiser: Staff) -> None:
    assert organiser.post(EDIT, article_form(revision="1")).status_code == 404
