"""Lead pictures, under the hash of their content: whoever has one never asks for it again."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import select

from campaign.content.models import Picture
from campaign.errors import NotFound
from campaign.extensions import db

pages = Blueprint("pictures", __name__)


@pages.get("/pictures/<picture:name>.webp")
def large(name: str) -> Response:
    return _answer(name, small=False)


@pages.get("/pictures/<picture:name>-small.webp")
def small(name: str) -> Response:
    return _answer(name, small=True)


def _answer(name: str, *, small: bool) -> Response:
    column = Picture.small if small else Picture.large
    body = db.session.scalar(select(column).where(Picture.sha256 == bytes.fromhex(name)))
    if body is None:
        raise NotFound
    response = Response(body, mimetype="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
