"""What the workspace does not take, refused before anything reads it."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from campaign.accounts.passwords import LONGEST

# Whether an address has an account shows in no answer, and not in its time either.
_ALWAYS_SECONDS = 0.7


def install(app: Flask) -> None:
    """Refuse what no page of ours sends. Must come before anything else reads requests."""
    app.before_request(_refuse)
    app.after_request(_take_the_same_time)


def _refuse() -> None:
    g.begun = time.monotonic()
    # Flask-Security would read JSON, of any shape, wherever it reads a form.
    if "json" in request.mimetype:
        raise UnsupportedMediaType("Send the form as a browser does.")
    # Our own pages say what is wrong with a field and keep what was typed; these would not.
    if request.method != "POST" or not (request.endpoint or "").startswith("security."):
        return
    for name, value in request.form.items():
        if "\x00" in value:
            raise BadRequest
        if "password" in name and len(value) > LONGEST:
            raise BadRequest(f"A password has at most {LONGEST} characters.")


def _take_the_same_time(response: Response) -> Response:
    if request.endpoint == "security.forgot_password" and request.method == "POST":
        time.sleep(max(0.0, g.begun + _ALWAYS_SECONDS - time.monotonic()))
    return response
