"""Searches and previews that take too long are given up with a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.extensions import db
from campaign.signatures import slow_reads
from tests.support.crowd import put
from tests.support.making import make_campaign
from tests.support.staff import Staff

LIST = "/staff/campaigns/night-buses/signatures"


@pytest.fixture
def slow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_reads, "SECONDS", 0.2)


@pytest.mark.parametrize("path", ["?source=rare", "/exclusions/preview?source=rare"])
def test_what_takes_too_long_is_told(
    app: Flask, staff: Callable[[str], Staff], slow: None, path: str
) -> None:
    make_campaign()
    put(3)
    admin = staff("admin")
    # As slow as can be: it waits for a lock that is not released.
    with db.engine.connect() as holder:
        holder.execute(text("LOCK TABLE signature IN ACCESS EXCLUSIVE MODE"))
        answer = admin.get(LIST + path)
    assert answer.status_code == 400
    assert "took longer than 0.2 seconds and was stopped" in answer.text
    assert admin.get(LIST + path).status_code == 200


def test_what_comes_after_in_the_same_transaction_has_its_own_time(app: Flask, slow: None) -> None:
    with db.engine.begin() as connection:
        with slow_reads.given_up_in_time(connection):
            connection.execute(text("SELECT 1"))
        connection.execute(text("SELECT pg_sleep(0.3)"))
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "0"
