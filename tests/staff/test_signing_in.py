"""Signing in to the workspace."""

from __future__ import annotations

from flask import Flask

from campaign.accounts.adding import add_account
from tests.support.staff import PASSWORD, Staff


def test_the_right_password_opens_the_workspace(app: Flask) -> None:
    add_account("olu@example.org", "organiser", password=PASSWORD)
    browser = Staff(app.test_client())
    assert browser.sign_in("Olu@Example.org").headers["Location"] == "/staff/"
    assert browser.get("/staff/").status_code == 200
