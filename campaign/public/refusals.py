"""How refusals and failures look: a page, or JSON for those who ask for it. Never a traceback."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from campaign.errors import GroundswellError, LinkExpired, NotAccepting
from campaign.extensions import limiter
from campaign.logs import places

log = structlog.get_logger()

# Mistyped addresses are no news.
_EVERYDAY = (404, 405)
_HOME = {"href": "/", "text": "Go to the home page"}
_CAMPAIGNS = {"href": "/campaigns", "text": "Find the campaign"}
_WORDS = {
    400: ("That could not be read", "Something in the request was not as it should be."),
    403: (
        "That was refused",
        "This form can only be sent from its own page. Go there, and try again.",
    ),
    404: ("There is nothing here", "The address may be mistyped, or the page has gone."),
    405: ("That does not work here", "This address does not take that kind of request."),
    409: (
        "This campaign is not taking signatures",
        "It may be paused, closed or already delivered. Nothing that you typed was kept.",
    ),
    410: (
        "This link has expired",
        "Confirmation links work for two weeks. Sign again, and we will send you a new one.",
    ),
    413: ("That was too much", "What was sent is larger than any form of ours."),
    415: ("That format is not understood", "Send the form as a browser does, or JSON."),
    429: (
        "That was too many at once",
        "Many requests came from your network. Wait a minute, then try again; nothing is lost.",
    ),
    500: ("Something went wrong on our side", "It has been noted. Please try again in a moment."),
    503: (
        "We will be right back",
        "We could not save anything just now. Please try again in a minute.",
    ),
}


def register(app: Flask) -> None:
    """Make every error of `app` a clear answer."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(GroundswellError, _refused)
    for unavailable in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(unavailable, _unavailable)
    app.register_error_handler(Exception, _failed)


def _http(error: HTTPException) -> Response:
    if isinstance(error, RateLimitExceeded):
        return _answer(429, None, {"Retry-After": str(_seconds_to_wait())})
    code = error.code or 500
    if error.response is not None or code < 400:
        return make_response(error.get_response())
    return _answer(code, error.description, dict(error.get_headers()))


def _seconds_to_wait() -> int:
    limit = limiter.current_limit
    return max(1, int(limit.reset_at - time.time())) if limit else 60


def _refused(error: GroundswellError) -> Response:
    if isinstance(error, NotAccepting):
        link = {"href": request.path.rsplit("/", 1)[0], "text": "Back to the campaign"}
        return _answer(error.status, str(error), link=link)
    if isinstance(error, LinkExpired):
        return _answer(error.status, str(error), link=_CAMPAIGNS)
    return _answer(error.status, str(error))


def _unavailable(error: Exception) -> Response:
    log.error("database unavailable", kind=type(error).__name__)
    return _answer(503, None, {"Retry-After": "10"})


def _failed(error: Exception) -> Response:
    # The rule, not the address: a token may stand in the address. The place, not the values.
    log.error("failed", rule=str(request.url_rule), **places(error))
    return _answer(500, None)


def _answer(
    code: int,
    detail: str | None,
    headers: dict[str, str] | None = None,
    link: dict[str, str] | None = None,
) -> Response:
    heading, body = _WORDS.get(code, ("That did not work", "Please try again."))
    if code not in _EVERYDAY:
        log.info("refused", status=code, rule=str(request.url_rule))
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    if best == "application/json":
        response = make_response(jsonify(error=detail or body, status=code), code)
    else:
        html = render_template(
            "public/message.html", heading=heading, body=body, link=link or _HOME
        )
        response = make_response(html, code)
    for name, value in (headers or {}).items():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response
