"""The pages behind "no more updates" in our mails."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from campaign.languages import language
from campaign.public.campaign_words import campaign_words
from campaign.public.privacy import private
from campaign.signatures.unsubscribing import campaign_of_link, unsubscribe

pages = Blueprint("unsubscribing", __name__)


@pages.get("/unsubscribe/<token:token>")
def show(token: str) -> Response:
    slug, title = campaign_of_link(token)
    return _page(token, slug, title, done=False)


@pages.post("/unsubscribe/<token:token>")
def end_updates(token: str) -> Response:
    # Sent by providers of mail for their users (RFC 8058), so it is refused from nowhere, and
    # nothing in its body counts. The token is all that it needs, and all that it can do.
    slug, title = unsubscribe(token, language())
    return _page(token, slug, title, done=True)


def _page(token: str, slug: str, title: str, *, done: bool) -> Response:
    title, _ = campaign_words(slug, title)
    given = {"token": token, "slug": slug, "title": title, "done": done}
    return private(make_response(render_template("public/unsubscribe.html", **given)))
