"""What somebody was writing is kept when their session ended before they saved it."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, make_response, render_template, request
from flask_security import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from campaign.errors import GroundswellError
from campaign.staff import (
    article_translations,
    articles,
    campaign_editing,
    campaign_translations,
    officials,
)

_FORMS: dict[str, Callable[..., Response]] = {
    "article_translations": article_translations.again,
    "articles": articles.again,
    "campaign_editing": campaign_editing.again,
    "campaign_translations": campaign_translations.again,
    "officials": officials.again,
}
_SAVING = ("add", "save")


def resume() -> Response | None:
    """The answer to a form of writing that came without a session, or with a token of another.

    Without a session, a page that carries what was written until its writer has signed in; with
    one, the form again, to be looked at and saved. Nothing is stored. None for every other request.
    """
    part, _, view = (request.endpoint or "").partition(".")
    if request.method != "POST" or part not in _FORMS or view not in _SAVING:
        return None
    try:
        response = _form(part) if current_user.is_authenticated else _carried()
    except (GroundswellError, HTTPException):
        return None  # There is no such form, or what was sent cannot be read: as for every request.
    return response


def _form(part: str) -> Response:
    flash("Your session had ended. This is what you wrote: look at it, and save it.")
    response = _FORMS[part](**(request.view_args or {}))
    response.status_code = 400
    return response


def _carried() -> Response:
    fields = [one for one in request.form.items(multi=True) if one[0] != "csrf_token"]
    action = request.script_root + request.path
    html = render_template("staff/session_ended.html", action=action, fields=fields)
    return make_response(html, 401)
