"""Keeps finished public pages for a second or so: what a viral day asks for again and again.

A view marks a page that is the same for everyone with `keep`. Nothing else is ever kept.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from werkzeug import Response
from werkzeug.datastructures import Headers

from campaign.languages import CHOSEN
from campaign.public.languages import PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_Answer = TypeVar("_Answer", bound=Response)

# Tells the cache below how long to keep a page; never leaves this process.
_KEEP = "X-Groundswell-Keep"
_MAX_PAGES = 1000
# An address with a longer query is made for nobody but a cache to be filled with.
_LONGEST_ADDRESS = 300
# How much older than it should be a page may be while somebody else fetches a new one.
_GRACE_SECONDS = 2
_SMALLEST_WORTH_PACKING = 600
_THANKS = re.compile(r"/campaigns/[^/]+/signed")


def keep(response: _Answer, seconds: int, *, whatever_query: bool = False) -> _Answer:
    """Mark `response` as the same for every visitor for `seconds`.

    With `whatever_query`, the page does not depend on its query string at all.
    """
    response.headers[_KEEP] = f"{seconds}{';any' if whatever_query else ''}"
    return response


def may_be_personal(environ: WSGIEnvironment) -> bool:
    """Whether it is the page of thanks, asked for from a confirmation page: it knows its reader.

    Such a request goes past the cache; its view must not `keep` the answer.
    """
    from_mail = "/confirm/" in environ.get("HTTP_REFERER", "")
    return from_mail and _THANKS.fullmatch(environ["PATH_INFO"]) is not None


@dataclass
class _Page:
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    packed: bytes | None
    etag: str
    stale_at: float
    renewing: threading.Lock = field(default_factory=threading.Lock)


class PageCache:
    """WSGI middleware that answers GET and HEAD from what `keep` allowed."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._pages: dict[str, _Page] = {}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        # Werkzeug takes methods in any case; so must we, or our mark would leave the house.
        environ["REQUEST_METHOD"] = environ["REQUEST_METHOD"].upper()
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or may_be_personal(environ):
            return self._app(environ, start)
        # What an address shows depends on the language, and its links on where that was said.
        path = f"{environ.get(CHOSEN, '')}{environ.get(PREFIX, '')}{environ['PATH_INFO']}"
        whole = f"{path}?{environ.get('QUERY_STRING', '')}"
        page = self._pages.get(path) or self._pages.get(whole)
        now = time.monotonic()
        if page is None or now > page.stale_at + _GRACE_SECONDS:
            return self._fetch(environ, start, path, whole)
        if now < page.stale_at:
            return _answer(page, environ, start)
        # One request renews the page; the others meanwhile get the one from a moment ago.
        if not page.renewing.acquire(blocking=False):
            return _answer(page, environ, start)
        try:
            return self._fetch(environ, start, path, whole)
        finally:
            page.renewing.release()

    def forget(self) -> None:
        """Drop every page, so that a change made in this process is seen at once."""
        self._pages.clear()

    def _fetch(
        self, environ: WSGIEnvironment, start: StartResponse, path: str, whole: str
    ) -> Iterable[bytes]:
        # A conditional or HEAD request must still bring the whole page here.
        request = {**environ, "REQUEST_METHOD": "GET"}
        request.pop("HTTP_IF_NONE_MATCH", None)
        request.pop("HTTP_IF_MODIFIED_SINCE", None)
        request.pop("HTTP_RANGE", None)
        response = Response.from_app(self._app, request)
        mark = response.headers.pop(_KEEP, "")
        if not mark or response.status_code != 200:
            self._pages.pop(path, None)
            self._pages.pop(whole, None)
            return response(environ, start)
        seconds, _, any_query = mark.partition(";")
        page = _page(response, int(seconds))
        if len(self._pages) >= _MAX_PAGES:
            self._pages.clear()
        if any_query or len(whole) <= _LONGEST_ADDRESS:
            self._pages[path if any_query else whole] = page
        return _answer(page, environ, start)


def _page(response: Response, seconds: int) -> _Page:
    body = response.get_data()
    response.close()  # A file that it was read from.
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= _SMALLEST_WORTH_PACKING else None
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = Headers(response.headers)
    headers.pop("Content-Length", None)
    headers["ETag"] = etag
    headers["Vary"] = ", ".join(["Accept-Encoding", *response.headers.getlist("Vary")])
    headers.setdefault(
        "Cache-Control", f"public, max-age={seconds}, stale-while-revalidate={seconds * 10}"
    )
    stale_at = time.monotonic() + seconds
    return _Page(response.status, headers.to_wsgi_list(), body, packed, etag, stale_at)


def _answer(page: _Page, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start("304 Not Modified", page.headers)
        return []
    headers, body = list(page.headers), page.body
    if page.packed is not None and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body = page.packed
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    start(page.status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
