"""Style sheets and pictures, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from functools import cache

from flask import Blueprint, Response, request, send_from_directory

from campaign.public.cache import keep
from campaign.resources import folder

pages = Blueprint("static", __name__)


@pages.get("/static/<path:name>")
def static_file(name: str) -> Response:
    response = send_from_directory(folder("static"), name, conditional=False, etag=False)
    response.direct_passthrough = False
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


@cache
def _version(name: str) -> str:
    return hashlib.sha256((folder("static") / name).read_bytes()).hexdigest()[:10]
