"""POST /campaigns/<slug>/sign: reads a form or JSON, calls the act, answers alike for everyone."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, jsonify, make_response, redirect, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from campaign.errors import Invalid
from campaign.extensions import client_address, limiter
from campaign.languages import gettext as _
from campaign.languages import language
from campaign.public.campaigns import render_campaign
from campaign.public.forms import form_fields, whole_body
from campaign.public.languages import to
from campaign.public.origin import refuse_other_sites
from campaign.signatures.pledge import FIELDS, read_pledge
from campaign.signatures.signing import sign

pages = Blueprint("signing", __name__)

# A lecture hall behind one address must get through; a script on one machine must not.
SIGN_LIMIT = "60 per minute; 1200 per hour"
# One allowance for all places to sign at.
sign_limit = limiter.shared_limit(SIGN_LIMIT, scope="sign")
_EXTRA = ("text_version",)
_TICKS = ("consent", "updates", "public")
_SOURCE_NAMES = ("from", "utm_source", "utm_medium", "utm_campaign")


@pages.post("/campaigns/<slug:slug>/sign")
@sign_limit
def sign_pledge(slug: str) -> Response:
    source = _source()
    return take_pledge(
        slug,
        source=source,
        page=partial(render_campaign, slug, source=source),
        thanks=to(f"/campaigns/{slug}/check-email"),
    )


def take_pledge(slug: str, *, source: str, page: Callable[..., str], thanks: str) -> Response:
    """Sign with the form or JSON of this request, and lead on to `thanks`.

    `page` makes the page again, of the `values` that were typed and the `errors` in them.
    """
    refuse_other_sites()
    fields = _fields()
    try:
        sign(
            slug,
            read_pledge(fields),
            from_ip=client_address(),
            language=language(),
            source=source,
            text_version=fields.get("text_version", ""),
        )
    except Invalid as invalid:
        return _correct(page, fields, invalid)
    if wants_json():
        return make_response(jsonify(status="check-email"), 202)
    return make_response(redirect(thanks, 303))


def wants_json() -> bool:
    # A browser does not name JSON, and to weigh all that it does name is slow.
    if "json" not in request.headers.get("Accept", ""):
        return False
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json"


def _correct(page: Callable[..., str], fields: dict[str, str], invalid: Invalid) -> Response:
    if wants_json():
        return make_response(
            jsonify(error=_("Some fields need correcting."), fields=invalid.fields), 400
        )
    typed = {name: value.replace("\x00", "") for name, value in fields.items()}
    return make_response(page(values=typed, errors=invalid.fields), 400)


def _fields() -> dict[str, str]:
    """The fields of the form, or of a JSON object of the same names."""
    if request.content_encoding:
        raise UnsupportedMediaType(_("Send the form without a content encoding."))
    if request.mimetype == "application/json":
        return _json_fields(whole_body())
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType(_("Send a form or JSON."))
    return form_fields(whole_body(), (*FIELDS, *_EXTRA))


def _json_fields(body: bytes) -> dict[str, str]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise BadRequest(_("Send one JSON object with the fields of the form."))
    fields = {}
    for name in (*FIELDS, *_EXTRA):
        value = data.get(name, "")
        if isinstance(value, bool) and name in _TICKS:
            value = "y" if value else ""
        if not isinstance(value, str):
            raise BadRequest(_("The field %(name)s must be a string.", name=name))
        # Half a surrogate pair is legal in JSON and in no text: it becomes U+FFFD as well.
        fields[name] = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return fields


def _source() -> str:
    """Which article or `utm_*` tag led here: from the address of the page that was signed on.

    A form with mistakes stands under an address without it, and says it in its own.
    """
    try:
        said = urlsplit(request.referrer or "").query or request.query_string.decode()
        query = parse_qs(said, max_num_fields=20)
    except ValueError:  # Both may hold anything.
        return ""
    found = [f"{name}={query[name][0][:60]}" for name in _SOURCE_NAMES if name in query]
    text = "&".join(found)
    return "".join(c for c in text if c.isprintable() and c != "\ufffd")
