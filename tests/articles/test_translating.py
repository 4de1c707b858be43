"""Translations of articles, from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from campaign.articles.publishing import import_articles
from campaign.articles.translations import translation_states
from campaign.errors import ContentError
from campaign.extensions import db
from tests.content.examples import ARTICLE, ARTICLE_ES
from tests.support.making import make_campaign, rows, value

Put = Callable[[str, str], Path]


@pytest.fixture
def put(app: Flask, tmp_path: Path) -> Put:
    """Writes a file; there is a campaign to lead to."""
    make_campaign()

    def write(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content)
        return path

    return write


@pytest.fixture
def both(put: Put) -> list[Path]:
    """An article, and its translation into Spanish."""
    return [put("the-last-bus.es.md", ARTICLE_ES), put("article.md", ARTICLE)]


def states() -> dict[str, str]:
    db.session.expire_all()
    return {one.language: one.state for one in translation_states("the-last-bus")[2]}


def test_an_article_and_its_translation_come_in_together(both: list[Path]) -> None:
    found = import_articles(both)
    assert [(one.slug, one.outcome) for one in found] == [
        ("the-last-bus", "added"),
        ("the-last-bus.es", "added"),
    ]
    assert value("SELECT blocks FROM article_translation") == [
        {"kind": "html", "html": "<p>A la una menos diez se abre la puerta.</p>\n"},
        {"kind": "take_action", "text": "Pide autobuses nocturnos"},
        {
            "kind": "read_more",
            "title": "El autobús del puerto",
            "href": "/articles/the-harbour-bus",
        },
    ]
    assert states() == {"es": "current", "fr": "none", "ar": "none"}
    assert [one.outcome for one in import_articles(both)] == ["unchanged", "unchanged"]


def test_a_corrected_original_leaves_it_to_be_looked_at(both: list[Path], put: Put) -> None:
    import_articles(both)
    import_articles([put("article.md", ARTICLE.replace("opens", "closes"))])
    assert states()["es"] == "stale"
    import_articles([both[0]])
    assert states()["es"] == "current"
    (found,) = rows("SELECT details FROM audit_event ORDER BY number DESC LIMIT 1")
    assert found == ({"revision": 2, "changed": "nothing: looked at again"},)


def test_another_author_makes_no_translation_stale(both: list[Path], put: Put) -> None:
    import_articles(both)
    import_articles([put("article.md", ARTICLE.replace("Ada Okafor", "Zoë Nguyễn"))])
    assert states()["es"] == "current"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.es.md", ARTICLE_ES, "translates 'a' does not exist; import it first"),
        ("the-last-bus.en.md", ARTICLE_ES, "language is en, which the original is written in"),
        ("the-last-bus.it.md", ARTICLE_ES, "the language it in its name must be one of"),
        ("the-last-bus.es.md", ARTICLE_ES + "\nTake Action:\n", ":12: nothing follows the colon"),
        ("the-last-bus.es.md", ARTICLE_ES.replace("summary", "author"), "author is not known here"),
    ],
)
def test_mistakes_are_named(put: Put, name: str, content: str, message: str) -> None:
    import_articles([put("article.md", ARTICLE)])
    with pytest.raises(ContentError) as raised:
        import_articles([put(name, content)])
    assert message in "\n".join(raised.value.mistakes)
    assert rows("SELECT FROM article_translation") == []
