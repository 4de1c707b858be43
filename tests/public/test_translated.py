"""Campaigns and articles in the language of the page, or in their own where it has to be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from campaign.articles.publishing import import_articles
from campaign.campaigns.facts import forget_facts
from campaign.campaigns.publishing import import_campaigns
from campaign.extensions import db
from campaign.links import make_token
from tests.content.examples import ARTICLE, ARTICLE_ES, CAMPAIGN, CAMPAIGN_ES
from tests.delivery.making import change
from tests.support.making import form, value

pytestmark = pytest.mark.usefixtures("four_languages")
PLEDGE = "We ask for <em>night buses</em>."
PLEDGE_ES = "Pedimos <em>autobuses nocturnos</em>."


@pytest.fixture
def folder(tmp_path: Path, client: FlaskClient) -> Path:
    """A campaign and an article, both in English and in Spanish, and where their files lie."""
    put(tmp_path, "campaign.md", CAMPAIGN.replace("closes: 2026-12-31\n", ""))
    put(tmp_path, "night-buses.es.md", CAMPAIGN_ES)
    article = tmp_path / "the-last-bus.es.md"
    article.write_text(ARTICLE_ES)
    original = tmp_path / "article.md"
    original.write_text(ARTICLE.replace("2026-11-16", "2026-01-16"))
    import_articles([original, article])
    return tmp_path


def put(folder: Path, name: str, content: str) -> None:
    path = folder / name
    path.write_text(content)
    import_campaigns([path])


def forget(client: FlaskClient) -> None:
    client.application.extensions["groundswell.pages"].forget()
    db.session.expire_all()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    seen: list[str] = []

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_campaign_speaks_the_language_of_its_page(client: FlaskClient, folder: Path) -> None:
    page = client.get("/es/campaigns/night-buses").text
    assert "<h1>Autobuses nocturnos</h1>" in page
    assert "Que circule un autobús en cada línea" in page
    shown, _, original = page.partition('<details class="original">')
    assert f'<div lang="es" dir="ltr"><p>{PLEDGE_ES}' in shown
    assert PLEDGE not in shown
    # What is signed is one click away.
    assert f'<div lang="en" dir="ltr"><p>{PLEDGE}' in original.partition("</details>")[0]


def test_its_original_stays_as_it_is(client: FlaskClient, folder: Path) -> None:
    page = client.get("/en/campaigns/night-buses").text
    assert "<h1>Night buses</h1>" in page
    assert PLEDGE in page
    assert PLEDGE_ES not in page
    assert '<div lang="' not in page
    assert 'class="original"' not in page


def test_where_it_is_not_translated_it_says_so(client: FlaskClient, folder: Path) -> None:
    page = client.get("/ar/campaigns/night-buses").text
    assert '<h1><bdi lang="en" dir="ltr">Night buses</bdi></h1>' in page
    assert "Only in this language: الإنجليزية" in page
    assert f'<div lang="en" dir="ltr"><p>{PLEDGE}' in page


def test_a_translation_of_another_version_is_not_shown(client: FlaskClient, folder: Path) -> None:
    file = CAMPAIGN.replace("closes: 2026-12-31\n", "").replace("Everywhere", "Nearly everywhere")
    put(folder, "campaign.md", file)
    forget(client)
    page = client.get("/es/campaigns/night-buses").text
    assert "<h1>Autobuses nocturnos</h1>" in page
    assert PLEDGE_ES not in page
    assert PLEDGE in page
    assert "Only in this language: inglés" in page


def test_a_stale_ask_is_not_shown(client: FlaskClient, folder: Path) -> None:
    file = CAMPAIGN.replace("closes: 2026-12-31\n", "").replace("every night", "on Sundays")
    put(folder, "campaign.md", file)
    forget(client)
    page = client.get("/es/campaigns/night-buses").text
    assert "Run a bus on every line, on Sundays." in page
    assert "todas las noches" not in page


def test_an_article_speaks_the_language_of_its_page(client: FlaskClient, folder: Path) -> None:
    page = client.get("/es/articles/the-last-bus").text
    assert "<h1>El último autobús</h1>" in page
    assert "A la una menos diez se abre la puerta." in page
    assert "Pide autobuses nocturnos" in page
    assert 'href="/es/articles/the-harbour-bus">El autobús del puerto' in page
    assert "Stories" in page  # The section is not translated.
    assert "At ten to one" in client.get("/fr/articles/the-last-bus").text


@pytest.mark.parametrize("path", ["/", "/articles", "/campaigns", "/campaigns/night-buses/signed"])
def test_lists_speak_it_too(client: FlaskClient, folder: Path, path: str) -> None:
    page = client.get(f"/es{path}").text
    assert "Autobuses nocturnos" in page or "El último autobús" in page
    assert "Night buses" not in page
    assert "The last bus" not in page


def test_more_campaigns_need_no_more_queries(client: FlaskClient, folder: Path) -> None:
    forget(client)
    with counted() as few:
        client.get("/es/campaigns")
    for number in range(5):
        file = CAMPAIGN.replace("slug: night-buses", f"slug: buses-{number}")
        put(folder, "another.md", file.replace("closes: 2026-12-31\n", ""))
        put(folder, f"buses-{number}.es.md", CAMPAIGN_ES)
    forget(client)
    with counted() as many:
        page = client.get("/es/campaigns").text
    assert page.count("Autobuses nocturnos") >= 6
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("path", "title"), [("/es", "Autobuses nocturnos"), ("/fr", "Night buses"), ("", "Night buses")]
)
def test_the_confirmation_mail_is_about_what_was_read(
    client: FlaskClient, folder: Path, path: str, title: str
) -> None:
    given = form(text_version="1")
    answer = client.post(f"{path}/campaigns/night-buses/sign", data=given)
    assert answer.status_code == 303
    assert value("SELECT shared ->> 'campaign_title' FROM outgoing_mail") == title
    # Whichever language it was read in, one text is signed.
    assert value("SELECT version FROM signature s JOIN pledge_text t ON t.id = pledge_text_id") == 1


def own_links(client: FlaskClient) -> list[str]:
    """The pages that only somebody's mails lead to."""
    client.post("/campaigns/night-buses/sign", data=form())
    number = value("SELECT id FROM signature")
    return [f"/{what}/{make_token(what, number)}" for what in ("confirm", "mine", "unsubscribe")]


def test_what_a_mail_leads_to_calls_the_campaign_as_its_page_does(
    client: FlaskClient, folder: Path
) -> None:
    for link in own_links(client):
        assert "<bdi>Autobuses nocturnos</bdi>" in client.get(f"/es{link}").text
        assert "<bdi>Night buses</bdi>" in client.get(f"/fr{link}").text


def test_a_campaign_that_is_a_draft_again_keeps_its_name_for_its_supporters(
    client: FlaskClient, folder: Path
) -> None:
    links = own_links(client)
    change("UPDATE campaign SET state = 'draft'")
    forget_facts()
    for link in links:
        answer = client.get(f"/es{link}")
        assert answer.status_code == 200
        assert "<bdi>Night buses</bdi>" in answer.text
