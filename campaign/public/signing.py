"""POST /campaigns/<slug>/sign: reads a form or JSON, calls the act, answers alike for everyone."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

from flask import Blueprint, Response, jsonify, make_response, redirect, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from campaign.errors import Invalid
from campaign.extensions import client_address, limiter
from campaign.public.campaigns import render_campaign
from campaign.public.origin import refuse_other_sites
from campaign.signatures.pledge import FIELDS, read_pledge
from campaign.signatures.signing import sign

pages = Blueprint("signing", __name__)

# A lecture hall behind one address must get through; a script on one machine must not.
SIGN_LIMIT = "60 per minute; 1200 per hour"
_EXTRA = ("text_version",)
_TICKS = ("consent", "updates", "public")
_SOURCE_NAMES = ("from", "utm_source", "utm_medium", "utm_campaign")


@pages.post("/campaigns/<slug:slug>/sign")
@limiter.limit(SIGN_LIMIT)
def sign_pledge(slug: str) -> Response:
    refuse_other_sites()
    fields = _fields()
    try:
        sign(
            slug,
            read_pledge(fields),
            from_ip=client_address(),
            source=_source(),
            text_version=fields.get("text_version", ""),
        )
    except Invalid as invalid:
        return _correct(slug, fields, invalid)
    if wants_json():
        return make_response(jsonify(status="check-email"), 202)
    return make_response(redirect(f"/campaigns/{slug}/check-email", 303))


def wants_json() -> bool:
    # A browser does not name JSON, and to weigh all that it does name is slow.
    if "json" not in request.headers.get("Accept", ""):
        return False
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json"


def _correct(slug: str, fields: dict[str, str], invalid: Invalid) -> Response:
    if wants_json():
        return make_response(
            jsonify(error="Some fields need correcting.", fields=invalid.fields), 400
        )
    typed = {name: value.replace("\x00", "") for name, value in fields.items()}
    return make_response(render_campaign(slug, values=typed, errors=invalid.fields), 400)


def _fields() -> dict[str, str]:
    """The fields of the form, or of a JSON object of the same names."""
    if request.content_encoding:
        raise UnsupportedMediaType("Send the form without a content encoding.")
    if request.mimetype == "application/json":
        return _json_fields(_body())
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("Send a form or JSON.")
    return _form_fields(_body())


def _body() -> bytes:
    body = request.get_data()
    # Of a chunked body, which does not say its length, Werkzeug hands over what fits and no word.
    if len(body) >= (request.max_content_length or 0):
        raise RequestEntityTooLarge
    return body


def _form_fields(body: bytes) -> dict[str, str]:
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
    return {name: given.get(name, "") for name in (*FIELDS, *_EXTRA)}


def _json_fields(body: bytes) -> dict[str, str]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise BadRequest("Send one JSON object with the fields of the form.")
    fields = {}
    for name in (*FIELDS, *_EXTRA):
        value = data.get(name, "")
        if isinstance(value, bool) and name in _TICKS:
            value = "y" if value else ""
        if not isinstance(value, str):
            raise BadRequest(f"The field {name} must be a string.")
        # Half a surrogate pair is legal in JSON and in no text: it becomes U+FFFD as well.
        fields[name] = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return fields


def _source() -> str:
    """Which article or `utm_*` tag led here: from the address of the page that was signed on."""
    try:
        query = parse_qs(urlsplit(request.referrer or "").query, max_num_fields=20)
    except ValueError:  # The header may hold anything.
        return ""
    found = [f"{name}={query[name][0][:60]}" for name in _SOURCE_NAMES if name in query]
    text = "&".join(found)
    return "".join(c for c in text if c.isprintable() and c != "\ufffd")
