"""The page behind a confirmation link: looking shows, posting confirms."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template

from campaign.extensions import limiter
from campaign.public.origin import refuse_other_sites
from campaign.signatures.confirming import confirm, look_up

pages = Blueprint("confirming", __name__)


@pages.get("/confirm/<token:token>")
def show(token: str) -> Response:
    asked = look_up(token)
    html = render_template("public/confirm.html", campaign=asked, token=token, state=asked.state)
    return _private(make_response(html))


@pages.post("/confirm/<token:token>")
@limiter.limit("120 per minute")
def confirm_signature(token: str) -> Response:
    refuse_other_sites()
    asked = confirm(token)
    if asked.state != "confirmed":
        html = render_template(
            "public/confirm.html", campaign=asked, token=token, state=asked.state
        )
        return _private(make_response(html, 409))
    return _private(make_response(redirect(f"/campaigns/{asked.slug}/signed", 303)))


def _private(response: Response) -> Response:
    # The address holds the token: nobody may keep it, and no other site is told it. (With
    # `no-referrer` browsers would post the form with `Origin: null`, which is refused.)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
