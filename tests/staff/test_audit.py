"""The page of the record, and its file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.accounts.audit import Actor, record_alone
from campaign.extensions import db
from tests.support.staff import Staff

PAGES = ("/staff/audit", "/staff/audit.csv")


@pytest.fixture
def admin(app: Flask, staff: Callable[[str], Staff]) -> Staff:
    """An admin who is signed in, after two others have done something."""
    record_alone(Actor("ada@example.org", "192.0.2.1"), "looked", "signature:1")
    record_alone(Actor("olu@example.org", "198.51.100.7"), "left", "campaign:x")
    return staff("admin")


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("since=2026-13-01", "Enter a date"),
        ("until=yesterday", "Enter a date"),
        ("since=0001-01-01", "Enter a date"),
        ("since=2026-11-02&until=2026-11-01", "must not lie before the first"),
    ],
)
def test_a_day_that_is_none_is_a_mistake_and_never_everything(
    admin: Staff, field: str, reason: str
) -> None:
    page = admin.get(f"/staff/audit?{field}&actor=ada")
    assert (page.status_code, reason in page.text) == (400, True)
    # What was typed is there to be put right; nothing else is shown for it.
    assert f'value="{field.rpartition("=")[2]}"' in page.text
    assert "signature:1" not in page.text
    assert "Nothing on record matches" not in page.text
    assert admin.get(f"/staff/audit.csv?{field}").status_code == 400
    with db.engine.connect() as connection:
        chosen = text("SELECT count(*) FROM audit_event WHERE action = 'record exported'")
        assert connection.scalar(chosen) == 0


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "field", ["actor=ad", "actor=Ada@Example.org", "subject=sig", "address=192.0.2."]
)
def test_the_beginning_is_enough_to_find_who_on_what_and_from_where(
    admin: Staff, path: str, field: str
) -> None:
    page = admin.get(f"{path}?{field}")
    assert "signature:1" in page.text
    assert "campaign:x" not in page.text


@pytest.mark.parametrize(
    "field", ["actor=%25", "address=192.0.2.1_", "actor=org", "action=nothing"]
)
def test_what_does_not_match_is_said_and_stays_in_the_form(admin: Staff, field: str) -> None:
    page = admin.get(f"/staff/audit?{field}")
    assert "Nothing on record matches" in page.text
    name, _, value = field.replace("%25", "%").partition("=")
    assert (f"<option selected>{value}<" if name == "action" else f'value="{value}"') in page.text
