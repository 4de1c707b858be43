"""/healthz and /readyz, for whoever watches over the processes."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response

from campaign.extensions import limiter
from campaign.health import readiness

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@limiter.exempt
def healthz() -> Response:
    return _fresh(make_response("ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}))


@pages.get("/readyz")
@limiter.exempt
def readyz() -> Response:
    ready, state = readiness()
    return _fresh(make_response(jsonify(state), 200 if ready else 503))


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
