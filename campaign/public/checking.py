"""What it takes to check a delivery without us: our public keys, and a page that works offline."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response

from campaign.delivery import verifier
from campaign.delivery.keyring import public_keys
from campaign.links import SITE_NAME, settings
from campaign.public.cache import keep

pages = Blueprint("checking", __name__)

FRESH_SECONDS = 60


@pages.get("/.well-known/groundswell-keys.json")
def keys() -> Response:
    found = [key.published() for key in public_keys(settings().data_dir)]
    response = jsonify(format="groundswell-keys/1", keys=found)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return keep(response, FRESH_SECONDS, whatever_query=True)


@pages.get("/verify.html")
def verify() -> Response:
    found = public_keys(settings().data_dir)
    response = make_response(verifier.page(SITE_NAME, settings().base_url, found))
    # It carries its own script and style, so that it works from the disk; each is named by hash.
    policy = f"{verifier.policy()}; frame-ancestors 'none'"
    response.headers["Content-Security-Policy"] = policy
    return keep(response, FRESH_SECONDS, whatever_query=True)
