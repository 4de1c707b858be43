"""People who work here, signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.accounts.adding import add_account

PASSWORD = "a long enough password"


@dataclass
class Staff:
    """A browser in which somebody is signed in. `post` adds the token that forms carry."""

    client: FlaskClient
    email: str = ""

    def get(self, path: str, **given: object) -> TestResponse:
        return self.client.get(path, **given)  # type: ignore[arg-type]

    def post(
        self, path: str, data: dict[str, object] | None = None, **given: object
    ) -> TestResponse:
        fields = {"csrf_token": self.token(), **(data or {})}
        return self.client.post(path, data=fields, **given)  # type: ignore[arg-type]

    def token(self) -> str:
        """A token that this browser's forms carry."""
        page = self.client.get("/staff/reset")  # Open to everybody, and ends nothing half done.
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert found, page.text
        return found[1]

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        answer = self.post("/staff/login", {"email": email, "password": password})
        if answer.status_code == 302:
            self.email = email
        return answer


@pytest.fixture
def staff(app: Flask) -> Callable[[str], Staff]:
    """Makes a signed-in browser for a role: `staff("admin")`. Accounts are those of the demo,
    whose admin needs no second factor in development."""

    def make(role: str) -> Staff:
        email = f"{role}@example.org"
        add_account(email, role, password=PASSWORD, name=role.title(), demo=True)
        browser = Staff(app.test_client())
        assert browser.sign_in(email).status_code == 302
        return browser

    return make
