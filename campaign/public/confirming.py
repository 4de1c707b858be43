"""The page behind a confirmation link: looking shows, posting confirms."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template

from campaign.extensions import limiter
from campaign.public.campaign_words import campaign_words
from campaign.public.languages import to
from campaign.public.origin import refuse_other_sites
from campaign.public.privacy import private
from campaign.signatures.confirming import Asked, confirm, look_up
from campaign.signatures.own import path_to

pages = Blueprint("confirming", __name__)


@pages.get("/confirm/<token:token>")
def show(token: str) -> Response:
    return private(make_response(_page(look_up(token), token)))


@pages.post("/confirm/<token:token>")
@limiter.limit("120 per minute")
def confirm_signature(token: str) -> Response:
    refuse_other_sites()
    asked = confirm(token)
    if asked.state != "confirmed":
        return private(make_response(_page(asked, token), 409))
    return private(make_response(redirect(to(f"/campaigns/{asked.slug}/signed"), 303)))


def _page(asked: Asked, token: str) -> str:
    title, ask = campaign_words(asked.slug, asked.title, asked.ask)
    # Whoever holds this link reads the mail of that address: the signature is theirs.
    return render_template(
        "public/confirm.html",
        campaign={"slug": asked.slug, "title": title, "ask": ask},
        token=token,
        state=asked.state,
        own_page=path_to(asked.id),
    )
