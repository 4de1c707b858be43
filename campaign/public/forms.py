"""Reading what a form of the public pages sends, byte for byte as its sender meant it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType


def read_form(names: Sequence[str]) -> dict[str, str]:
    """The fields `names` of the form that was sent; those that are not there are empty.

    Raises UnsupportedMediaType for anything but a form, RequestEntityTooLarge.
    """
    if request.content_encoding or request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("Send the form as a browser does.")
    return form_fields(whole_body(), names)


def whole_body() -> bytes:
    """The body of the request. Raises RequestEntityTooLarge."""
    body = request.get_data()
    # Of a chunked body, which does not say its length, Werkzeug hands over what fits and no word.
    if len(body) >= (request.max_content_length or 0):
        raise RequestEntityTooLarge
    return body


def form_fields(body: bytes, names: Sequence[str]) -> dict[str, str]:
    """The fields `names` of the form in `body`. Raises RequestEntityTooLarge for too many."""
    try:
        # What is not UTF-8 becomes U+FFFD, which no field may hold. Werkzeug's own form would
        # keep it as `%FF`, and so turn an address into another one.
        pairs = parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            max_num_fields=request.max_form_parts,
        )
    except ValueError:
        raise RequestEntityTooLarge from None
    given = dict(reversed(pairs))  # Of fields with one name, the first counts.
    return {name: given.get(name, "") for name in names}
