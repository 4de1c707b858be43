"""Style sheets and pictures, under addresses that change with their content."""

from __future__ import annotations

import hashlib
import posixpath
from functools import cache

from flask import Blueprint, Response, request, send_from_directory

from campaign.errors import NotFound
from campaign.public.cache import keep
from campaign.resources import folder

pages = Blueprint("static", __name__)

# Files that travel as one, since each request costs a telephone far from a mast a blink.
BUNDLES = {
    "css/public.css": ("css/base.css", "css/site.css"),
    "js/campaign-page.js": ("js/count.js", "js/campaign.js"),
}


@pages.get("/static/<path:name>")
def static_file(name: str) -> Response:
    if posixpath.normpath(name) != name:  # One name for each file, which is kept by its name.
        raise NotFound
    response = _bundle(name) if name in BUNDLES else _file(name)
    # Whoever names the version may keep the file for good; others ask again.
    forever = request.args.get("v") == _version(name)
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if forever else "public, max-age=60"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return keep(response, 60)


@pages.get("/favicon.ico")
def favicon() -> Response:
    return static_file("img/favicon.svg")


def asset(name: str) -> str:
    """The address of the static file `name`, with the version of its content."""
    return f"/static/{name}?v={_version(name)}"


def _file(name: str) -> Response:
    response = send_from_directory(folder("static"), name, conditional=False, etag=False)
    response.direct_passthrough = False
    return response


def _bundle(name: str) -> Response:
    kind = "css" if name.endswith(".css") else "javascript"
    return Response(_content(name), content_type=f"text/{kind}; charset=utf-8")


def _content(name: str) -> bytes:
    parts = BUNDLES.get(name, (name,))
    return b"".join((folder("static") / part).read_bytes() for part in parts)


@cache
def _version(name: str) -> str:
    return hashlib.sha256(_content(name)).hexdigest()[:10]
