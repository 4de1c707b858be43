"""How refusals and failures look: a page, or JSON for those who ask for it. Never a traceback."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from campaign.errors import GroundswellError, LinkExpired, NotAccepting
from campaign.extensions import limiter
from campaign.languages import gettext as _
from campaign.logs import places
from campaign.public.headers import framed
from campaign.public.languages import to
from campaign.public.sentences import said, words

log = structlog.get_logger()

# Mistyped addresses are no news.
_EVERYDAY = (404, 405)


def register(app: Flask) -> None:
    """Make every error of `app` a clear answer."""
    answer_errors(app, http=_http, refused=_refused, broken=_answer)


def answer_errors(
    app: Flask,
    *,
    http: Callable[[HTTPException], Response],
    refused: Callable[[GroundswellError], Response],
    broken: Callable[[int, str | None, dict[str, str] | None], Response],
) -> None:
    """Have every error of `app` answered: those of HTTP, refusals of acts, and what is our fault.

    `broken` answers with a status, words of its own when they are None, and headers; it must not
    need the database.
    """

    def unavailable(error: Exception) -> Response:
        log.error("database unavailable", kind=type(error).__name__)
        return broken(503, None, {"Retry-After": "10"})

    def failed(error: Exception) -> Response:
        # The rule, not the address: a token may stand in it. The place, not the values.
        log.error("failed", rule=str(request.url_rule), **places(error))
        return broken(500, None, None)

    app.register_error_handler(HTTPException, http)
    app.register_error_handler(GroundswellError, refused)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, unavailable)
    app.register_error_handler(Exception, failed)


def _http(error: HTTPException) -> Response:
    if isinstance(error, RateLimitExceeded):
        return _answer(429, None, {"Retry-After": str(_seconds_to_wait())})
    code = error.code or 500
    if error.response is not None or code < 400:
        return make_response(error.get_response())
    # What the library says of its own is English, and says no more than ours.
    ours = error.description if error.description != type(error).description else None
    return _answer(code, ours, dict(error.get_headers()))


def _way_on(code: int) -> dict[str, str]:
    """Where to go from a refusal: back to the form, where sending it again may help."""
    if code >= 429 and request.method == "POST" and request.path.startswith("/campaigns/"):
        return _campaign()
    return {"href": to("/"), "text": _("Go to the home page")}


def _campaign() -> dict[str, str]:
    return {"href": to(request.path.rsplit("/", 1)[0]), "text": _("Back to the campaign")}


def _seconds_to_wait() -> int:
    limit = limiter.current_limit
    return max(1, int(limit.reset_at - time.time())) if limit else 60


def _refused(error: GroundswellError) -> Response:
    if isinstance(error, NotAccepting):
        return _answer(error.status, said(error), link=_campaign())
    if isinstance(error, LinkExpired):
        link = {"href": to("/campaigns"), "text": _("Find the campaign")}
        return _answer(error.status, said(error), link=link)
    if error.status >= 500:
        # Its words are for whoever runs this: they name our files.
        log.error("cannot be done", reason=str(error), rule=str(request.url_rule))
        return _answer(error.status, None)
    return _answer(error.status, said(error))


def _answer(
    code: int,
    detail: str | None,
    headers: dict[str, str] | None = None,
    link: dict[str, str] | None = None,
) -> Response:
    heading, body = words(code)
    if code not in _EVERYDAY:
        log.info("refused", status=code, rule=str(request.url_rule))
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    if best == "application/json":
        response = make_response(jsonify(error=detail or body, status=code), code)
    else:
        html = render_template(
            f"public/{'embed_' if framed() else ''}message.html",
            heading=heading,
            body=body,
            link=link or _way_on(code),
        )
        response = make_response(html, code)
    for name, value in (headers or {}).items():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response
