"""Names on a campaign's page: of the latest, and only of those who wish it and still count."""

from __future__ import annotations

import pytest
from flask import Flask

from campaign.signatures import public_names as module
from campaign.signatures.models import STATES
from campaign.signatures.public_names import ON_PAGE, public_names
from tests.support.crowd import put
from tests.support.making import make_campaign, value


def named() -> list[str]:
    return public_names(value("SELECT id FROM campaign WHERE slug = 'night-buses'"))


def test_only_confirmed_people_who_wish_it_are_named(app: Flask) -> None:
    make_campaign()
    make_campaign("another")
    put(name="Ada", public=True)
    put(name="Shy", public=False)
    for state in set(STATES) - {"confirmed"}:
        put(name=f"Was {state}", public=True, state=state)
    assert named() == ["Ada"]
    assert public_names(value("SELECT id FROM campaign WHERE slug = 'another'")) == []


def test_the_latest_come_first_and_only_so_many(app: Flask) -> None:
    make_campaign()
    for number in range(ON_PAGE + 3):
        put(name=f"Person {number}", public=True, minutes_ago=number)
    assert named() == [f"Person {number}" for number in range(ON_PAGE)]


def test_who_is_not_among_the_latest_is_not_looked_for(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign()
    put(name="Ada", public=True)
    put(module.LOOKED_THROUGH, name="Shy", public=False)
    assert named() == []
