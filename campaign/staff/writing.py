"""What the forms for articles, campaigns and officials share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from campaign.content import pictures
from campaign.content.comparing import differences
from campaign.content.drafts import Values
from campaign.content.history import Opened, Saved
from campaign.content.storing import UPDATED
from campaign.errors import Invalid, NotFound, Stale
from campaign.public.headers import CSP
from campaign.staff.doors import actor

_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_OFFSET = re.compile(r":[0-9]{2} ?[+-][0-9]{2}:[0-9]{2}")
_LABELS = {
    "slug": "The address",
    "ask": "What is asked for",
    "picture": "The picture",
    "picture_alt": "The description of the picture",
    "markdown": "The text",
    "body": "The institution",
    "email": "The e-mail address",
    "area_country": "The country",
    "area_postcodes": "The postcodes",
    "age_key": "The public key",
    "language": "The language",
    "keep_months": "The time that personal data is kept, in months,",
    "related": "What to read on",
    "new_text": "“Make a new version”",
    "table": "The file",
}
# The page of a form may show our own preview in a frame, and that answer may be framed by it.
_FRAMING = CSP.replace("default-src 'none';", "default-src 'none'; frame-src 'self';")
_FRAMED = CSP.replace("form-action 'self'", "form-action 'none'").replace(
    "frame-ancestors 'none'", "frame-ancestors 'self'"
)


def sent(*names: str, lists: tuple[str, ...] = (), moments: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of the form as acts take them. `moments` without a zone are in UTC."""
    # Browsers send line ends as the mail of old did; the text has plain ones.
    values: dict[str, Any] = {
        name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names
    }
    for name in lists:
        values[name] = [one.strip() for one in request.form.getlist(name) if one.strip()]
    for name in moments:
        values[name] += "Z" if _LOCAL.fullmatch(values[name]) else ""
    return values


def in_utc(stored: Values, **moments: str) -> str:
    """What was understood of the `moments`, by name and label, that were sent with an offset."""
    sent_so = [name for name in moments if _OFFSET.search(request.form.get(name, ""))]
    told = (f" {moments[n]} {stored[n]}".replace("T", " ").replace("Z", " UTC.") for n in sent_so)
    return "".join(told)


def take_picture(values: dict[str, Any]) -> None:
    """Store the picture that was sent along, if any, and name it in `values`. Raises Invalid.

    It stays stored when the rest of the form is wrong, so that nobody has to choose it again.
    """
    if request.form.get("no_picture"):
        values.update(picture="", picture_alt="")
    upload = request.files.get("upload")
    if upload and upload.filename:
        raw = upload.stream.read(pictures.MAX_BYTES + 1)
        values["picture"] = pictures.store_picture(raw, by=actor().name)


def opened_at() -> int:
    """The revision that the form was opened at; 0, which none has, when that is no number."""
    found = request.form.get("revision", "")
    return int(found) if re.fullmatch("[0-9]{1,9}", found) else 0


def attempt(
    act: Callable[[], Saved],
    show: Callable[..., Response],
    values: Values,
    current: Callable[[], Opened],
) -> Saved | Response:
    """Run `act`; what it refuses becomes the form again, with everything that was typed.

    Whoever sends the same once more, as a double click does, has saved it already.
    """
    try:
        return act()
    except Invalid as invalid:
        response = show(values, revision=opened_at(), errors=labelled(invalid.fields))
    except Stale:
        now = current()
        found = differences(now.values, values)
        if now.by == actor().name and not found:
            return Saved(now.values["slug"], UPDATED, now.revision)
        # From here on this form is about what the other has saved: sending it again replaces it.
        response = show(values, revision=now.revision, stale=now, found=found)
        response.status_code = 409
        return response
    response.status_code = 400
    return response


def labelled(fields: dict[str, str]) -> dict[str, str]:
    """Messages that follow a field's name as sentences of their own."""
    return {name: f"{_LABELS.get(name, name.capitalize())} {fields[name]}." for name in fields}


def page(template: str, **context: Any) -> Response:
    """The page of a form, which may frame its preview."""
    given = {"errors": {}, "stale": None, "found": (), **context}
    response = make_response(render_template(template, **given))
    response.headers["Content-Security-Policy"] = _FRAMING
    return response


def preview(html: str) -> Response:
    """A public page as it would be: to be framed by the form alone, its own forms dead."""
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _FRAMED
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def page_number() -> int:
    """Which page of a list is asked for. Raises NotFound."""
    wanted = request.args.get("page", "1")
    if not re.fullmatch("[1-9][0-9]{0,3}", wanted):
        raise NotFound
    return int(wanted)
