"""How refusals look in the workspace. Never a traceback."""

from __future__ import annotations

import structlog
from flask import Flask, Response, jsonify, make_response, redirect, render_template, request
from flask_limiter import RateLimitExceeded
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from campaign.errors import GroundswellError
from campaign.extensions import db
from campaign.public.refusals import answer_errors
from campaign.staff.resuming import resume

log = structlog.get_logger()

_WORDS = {
    400: ("That could not be read", "Something in the request was not as it should be."),
    401: ("Sign in first", "Your session has ended, or you have not signed in yet."),
    403: ("This is not open to you", "Your role does not include this page. Ask an admin."),
    404: ("There is nothing here", "The address may be mistyped, or the page has gone."),
    405: ("That does not work here", "This address does not take that kind of request."),
    409: ("That cannot be done now", "Something has changed meanwhile. Look, and try again."),
    413: (
        "That was too much",
        "What was sent is larger than we take. Go back: your browser still has what you typed.",
    ),
    429: ("Too many attempts", "Wait a few minutes, then try again."),
    503: ("We will be right back", "The database does not answer. Nothing was changed."),
}
_OURS = ("That went wrong on our side", "It has been noted. Please try again in a moment.")


def register(app: Flask) -> None:
    """Make every error of `app` a clear answer."""
    answer_errors(app, http=_http, refused=_refused, broken=_broken)


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if error.response is not None or code < 400:
        return make_response(error.get_response())
    if (code == 401 or isinstance(error, CSRFError)) and (resumed := resume()):
        return make_response(resumed)
    if isinstance(error, CSRFError):
        return _answer(400, "The form was too old, or came from elsewhere. Load it again.")
    if isinstance(error, RateLimitExceeded):
        log.warning("staff sign-in throttled", rule=str(request.url_rule))
        return _answer(429, None, {"Retry-After": "300"})
    if code == 401 and request.method == "GET" and "json" not in request.headers.get("Accept", ""):
        return make_response(redirect("/staff/login", 303))
    return _answer(code, None)


def _refused(error: GroundswellError) -> Response:
    return _answer(error.status, str(error))


def _broken(code: int, detail: str | None, headers: dict[str, str] | None) -> Response:
    # Nothing here may need the database, not even to know who is signed in.
    db.session.rollback()
    return _answer(code, detail, headers, plain=True)


def _answer(
    code: int, detail: str | None, headers: dict[str, str] | None = None, *, plain: bool = False
) -> Response:
    heading, body = _WORDS.get(code, _OURS)
    if "json" in request.headers.get("Accept", ""):
        response = make_response(jsonify(error=detail or body, status=code), code)
    elif plain:
        link = {"href": "/staff/", "text": "Back to the workspace"}
        html = render_template("public/message.html", heading=heading, body=body, link=link)
        response = make_response(html, code)
    else:
        signed_in = bool(current_user.is_authenticated)
        html = render_template(
            "staff/message.html", heading=heading, body=detail or body, signed_in=signed_in
        )
        response = make_response(html, code)
    response.headers.update(headers or {})
    return response
