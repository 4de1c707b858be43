"""Which language a page speaks: that of its address (`/es/…`), or else the browser's.

An address without a language is the one to share: everybody who opens it reads it in their own.
Addresses with one stay in it, from page to page.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import has_request_context, request
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from campaign.languages import CHOSEN, DEFAULT, NAMES, direction, language

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Where the beginning that an address had stands in its WSGI environment.
PREFIX = "groundswell.prefix"
# Nobody's browser sends more than that; it is read for every request.
_LONGEST_HEADER = 400


def to(path: str) -> str:
    """`path`, which starts with a slash, in the language of the address that was asked for."""
    return prefix() + path


def prefix() -> str:
    """The beginning of the present address that names its language, such as `/es`, or nothing."""
    return str(request.environ.get(PREFIX, "")) if has_request_context() else ""


def theirs(words: str, code: str | None = None) -> Markup:
    """What an organisation wrote, marked where it is not in the language of the page.

    `code` is its language, as far as it is known. A sentence that runs the other way would
    otherwise have its full stop at the wrong end.
    """
    if code == language():
        return escape(words)
    if code is None:
        return Markup("<bdi>{}</bdi>").format(words)
    mark = Markup('<bdi lang="{}" dir="{}">{}</bdi>')
    return mark.format(code, direction(code), words)


class InLanguage:
    """WSGI middleware that takes the language off the address."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        code = path[1:3]
        if code in NAMES and path[3:4] in ("", "/"):
            environ[CHOSEN], environ[PREFIX] = code, path[:3]
            environ["PATH_INFO"] = path[3:] or "/"
        else:
            environ[CHOSEN] = _wanted(environ.get("HTTP_ACCEPT_LANGUAGE", "")[:_LONGEST_HEADER])
        return self._app(environ, start)


@lru_cache(maxsize=1024)
def _wanted(header: str) -> str:
    """The language of ours that a browser's Accept-Language (RFC 9110, 12.5.4) likes best."""
    accepted = parse_accept_header(header, LanguageAccept)
    # In the order of their quality; `es-MX` is served by `es`.
    found = (tag.partition("-")[0].lower() for tag, quality in accepted if quality > 0)
    return next((code for code in found if code in NAMES), DEFAULT)
