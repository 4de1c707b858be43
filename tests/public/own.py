"""What tests of somebody's own page start from, and look at afterwards."""

from __future__ import annotations

from werkzeug.test import TestResponse

from campaign.delivery.erasing import erase
from campaign.signatures.own import path_to
from tests.support.crowd import put
from tests.support.making import rows


def one_in(state: str, **given: object) -> tuple[int, str]:
    """A signature in that state, and the address of its page."""
    (one,) = put(1, state="confirmed" if state == "erased" else state, **given)
    if state == "erased":
        erase(one)
    return one, path_to(one)


def everything() -> list[object]:
    return [
        rows("SELECT * FROM signature ORDER BY id"),
        rows("SELECT * FROM signature_change ORDER BY id"),
        rows("SELECT * FROM signature_past ORDER BY id"),
        rows("SELECT * FROM outgoing_mail ORDER BY id"),
        rows("SELECT * FROM consent_change ORDER BY id"),
        rows("SELECT * FROM signature_correction ORDER BY id"),
    ]


def expect_private(response: TestResponse) -> None:
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response.headers
    assert "ETag" not in response.headers


def expect_refused(response: TestResponse, here: str, words: str) -> None:
    """A page that says why, in these words, says nothing of campaigns, and leads back to `here`."""
    assert response.status_code == 409
    expect_private(response)
    assert words in response.text
    assert "not taking signatures" not in response.text
    assert "Nothing that you typed" not in response.text
    assert f'href="{here}"' in response.text
