"""Lead pictures, under the hash of their content: whoever has one never asks for it again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from campaign.content.models import Picture
from campaign.errors import NotFound
from campaign.extensions import db

pages = Blueprint("pictures", __name__)


@pages.get("/pictures/<picture:name>.webp")
def large(name: str) -> Response:
    return _answer(name, Picture.large, "image/webp")


@pages.get("/pictures/<picture:name>-small.webp")
def small(name: str) -> Response:
    return _answer(name, Picture.small, "image/webp")


@pages.get("/pictures/<picture:name>.avif")
def large_avif(name: str) -> Response:
    return _answer(name, Picture.large_avif, "image/avif")


@pages.get("/pictures/<picture:name>-small.avif")
def small_avif(name: str) -> Response:
    return _answer(name, Picture.small_avif, "image/avif")


def _answer(name: str, column: InstrumentedAttribute[Any], kind: str) -> Response:
    body = db.session.scalar(select(column).where(Picture.sha256 == bytes.fromhex(name)))
    if body is None:
        raise NotFound
    response = Response(body, mimetype=kind)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
