"""Pages whose address holds a token."""

from __future__ import annotations

from flask import Response


def private(response: Response) -> Response:
    """Say that nobody may keep this page, and that no other site is told its address.

    With `no-referrer`, browsers would post its form with `Origin: null`, which is refused.
    """
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
