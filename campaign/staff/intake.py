"""What the workspace does not take, refused before anything reads it."""

from __future__ import annotations

import time
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Flask, Request, Response, g, request
from flask_security import current_user
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from campaign.accounts.passwords import LONGEST

# Whether an address has an account shows in no answer, and not in its time either.
_ALWAYS_SECONDS = 0.7

# The most that anybody may send. From those who are signed in more is read, so that a video taken
# for a picture comes back with the form; of each file only so much is kept.
MAX_BODY = 32 * 1024 * 1024
MAX_READ = 512 * 1024 * 1024
_IN_MEMORY = 500_000


class Upload(Request):
    """A request whose files end where they are larger than anything that we take."""

    def _get_file_stream(self, *_: Any, **__: Any) -> Any:
        return _Beginning(_IN_MEMORY)


class _Beginning(SpooledTemporaryFile[bytes]):
    def write(self, data: Any) -> int:
        if room := max(0, MAX_BODY - self.tell()):
            super().write(data[:room])
        return len(data)


def install(app: Flask) -> None:
    """Refuse what no page of ours sends. Must come before anything else reads requests."""
    app.request_class = Upload
    app.before_request(_refuse)
    app.after_request(_take_the_same_time)


def _refuse() -> None:
    g.begun = time.monotonic()
    if (request.content_length or 0) > MAX_BODY and current_user.is_authenticated:
        request.max_content_length = MAX_READ
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
