"""What the page about privacy promises is what this installation does."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from campaign.extensions import db
from campaign.signatures.signing import CONFIRM_DAYS
from tests.support.making import make_campaign


@pytest.fixture
def page(app: Flask) -> Iterator[Callable[..., str]]:
    """The words of the page under other settings."""
    before = app.extensions["groundswell"]

    def read(**settings: Any) -> str:
        app.extensions["groundswell"] = replace(before, **settings)
        app.extensions["groundswell.pages"].forget()
        response = app.test_client().get("/privacy")
        assert response.status_code == 200
        words = html.unescape(
            re.sub(r"<[^a>][^>]*>", " ", re.sub(r"</?a[^>]*>", "", response.text))
        )
        return " ".join(words.split())

    yield read
    app.extensions["groundswell"] = before


def test_times_are_those_of_the_settings(page: Callable[..., str]) -> None:
    said = page(keep_months=8, unconfirmed_days=41, package_days=77, export_days=3)
    assert "until 8 months after its campaign has ended" in said
    assert "not confirmed: 41 days" in said
    assert f"works for {CONFIRM_DAYS} days" in said
    assert "what we handed over: 77 days" in said
    assert "Lists that organisers take out: 3 days" in said
    assert "until 1 month after" in page(keep_months=1)


def test_who_is_responsible_is_named(page: Callable[..., str]) -> None:
    said = page(organisation="Tide & Harbour e.V.", contact_email="privacy@tide.example")
    assert "Tide & Harbour e.V. is responsible for what is held here. Write to" in said
    assert said.count("Write to privacy@tide.example") == 2


def test_without_settings_the_site_and_its_sender_stand_in(page: Callable[..., str]) -> None:
    said = page(organisation="", contact_email="", mail_from="Tide <post@tide.example>")
    assert "Groundswell is responsible" in said
    assert "Write to post@tide.example" in said


def test_the_contact_is_a_link(app: Flask) -> None:
    assert 'href="mailto:no-reply@localhost"' in app.test_client().get("/privacy").text


def test_campaigns_with_a_time_of_their_own_are_named(page: Callable[..., str]) -> None:
    make_campaign("libraries", title="Libraries", keep_months=1)
    make_campaign("usual", title="As usual", keep_months=6)
    make_campaign("secret", title="Not yet", keep_months=3, state="draft")
    assert "Libraries : 1 month" in (said := page())
    assert "As usual" not in said
    assert "Not yet" not in said
    db.session.rollback()
    assert "As usual : 6 months" in page(keep_months=9)


def test_the_rights_and_their_ground_are_said(page: Callable[..., str]) -> None:
    said = page()
    for words in ("Article 9(2)(a)", "They never get your email address", "no cookie"):
        assert words in said
