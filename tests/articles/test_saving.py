"""Saving an article from its form: the rules are those for files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from campaign.accounts.audit import Actor
from campaign.articles.models import Article
from campaign.articles.saving import save_article
from campaign.articles.values import article_values
from campaign.content.history import opened
from campaign.errors import Invalid, NotFound, Stale
from tests.support.making import make_campaign, rows
from tests.support.writing import article_form

UNKNOWN = "is not here, or no longer; choose it again"
ADA = Actor("ada@example.org")


def values(**changes: Any) -> dict[str, Any]:
    return article_form(**{"published": "2026-01-16T08:30Z", **changes})


def test_what_is_saved_is_what_the_form_shows_next(app: Flask) -> None:
    make_campaign()
    given = values(campaign="night-buses", related=["b", "a"], summary="Nobody counted.")
    save_article(given, actor=ADA)
    found = opened(Article, "the-last-bus", article_values)
    shown = {**given, "markdown": f"{given['markdown']}\n", "picture": "", "picture_alt": ""}
    shown["language"] = "en"
    assert found.values == shown
    assert (found.revision, found.by) == (1, "ada@example.org")
    assert save_article(found.values, actor=ADA, slug="the-last-bus", revision=1).outcome == (
        "unchanged"
    )


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": ""}, "title", "is empty"),
        ({"title": "x" * 201}, "title", "has 201 characters; it may have at most 200"),
        ({"title": "a\0b"}, "title", "may not have the character U+0000 (control character) in it"),
        ({"slug": "The Bus"}, "slug", "must be small letters, digits and hyphens, like"
            " night-buses, not 'The Bus'"),
        ({"slug": "", "title": "山"}, "slug", "is empty"),
        ({"slug": "new"}, "slug", "may not be 'new', which has a meaning of its own"),
        ({"published": "yesterday"}, "published", "must be a date like 2026-11-23, or with a time"
            " and zone like 2026-11-23T18:00+01:00, not 'yesterday'"),
        ({"state": "secret"}, "state", "must be one of draft, published, not 'secret'"),
        ({"campaign": "none"}, "campaign", "'none' does not exist; import it first"),
        ({"related": ["a"] * 7}, "related", "must have 1 to 6 entries, not 7"),
        ({"markdown": " "}, "markdown", "is empty"),
        ({"markdown": "a\0b"}, "markdown", "needs correcting in line 1: the character U+0000"
            " (control character) may not be used"),
        ({"markdown": "x" * 1_000_001}, "markdown", "needs correcting in line 1: it is larger than"
            " 1,000,000 bytes"),
        ({"markdown": "\r\n\r\nTake action: Go"}, "markdown", "needs correcting in line 3: a call"
            " to take action needs a campaign that it leads to"),
        ({"markdown": "[x](javascript:y)"}, "markdown", "needs correcting in line 1: the link"
            " 'javascript:y' must start with https://, mailto: or /"),
        ({"picture": "ff" * 32, "picture_alt": "x"}, "picture", UNKNOWN),
        ({"picture": "../etc", "picture_alt": "x"}, "picture", UNKNOWN),
        ({"picture": "ff" * 32}, "picture_alt", "is missing: say what the picture shows, for who"
            " cannot see it"),
    ],
)  # fmt: skip
def test_what_files_may_not_say_forms_may_not_either(
    app: Flask, changes: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(Invalid) as refused:
        save_article(values(**changes), actor=ADA)
    assert refused.value.fields[field] == message
    assert rows("SELECT FROM article") == []


def test_of_many_who_save_the_same_revision_one_does(app: Flask) -> None:
    save_article(values(), actor=ADA)

    def run(number: int) -> str:
        with app.app_context():
            try:
                actor = Actor(f"{number}@example.org")
                given = values(title=f"Title {number}")
                return save_article(given, actor=actor, slug="the-last-bus", revision=1).outcome
            except Stale as stale:
                return stale.who

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(run, range(6)))
    winner = outcomes.index("updated")
    assert outcomes.count("updated") == 1
    assert {one for one in outcomes if one != "updated"} == {f"{winner}@example.org"}
    assert rows("SELECT title, revision FROM article") == [(f"Title {winner}", 2)]
    assert rows("SELECT revision FROM content_revision ORDER BY 1") == [(1,), (2,)]


def test_nothing_is_saved_under_an_address_that_is_not_there(app: Flask) -> None:
    with pytest.raises(NotFound):
        save_article(values(), actor=ADA, slug="the-last-bus", revision=1)


def test_the_address_of_an_article_stays(app: Flask) -> None:
    save_article(values(), actor=ADA)
    save_article(values(slug="another", title="New"), actor=ADA, slug="the-last-bus", revision=1)
    assert rows("SELECT slug, title FROM article") == [("the-last-bus", "New")]
