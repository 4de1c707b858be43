"""WSGI applications that only the benchmarks serve, to tell what is ours and what is the server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

import campaign

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HELLO = "bench.contenders:hello_app"
UNCACHED = "bench.contenders:uncached_app"
_BODY = b"Hello, world!"
_HEADERS = [("Content-Type", "text/plain"), ("Content-Length", str(len(_BODY)))]


def hello_app() -> WSGIApplication:
    """The least that an application can do: the ceiling of the server itself."""
    return _hello


def _hello(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    start("200 OK", _HEADERS)
    return [_BODY]


def uncached_app() -> WSGIApplication:
    """The real application without what `campaign.app` puts in front of it: no page is kept."""
    app = campaign.create_app()

    def uncached(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return Flask.wsgi_app(app, environ, start)

    return uncached
