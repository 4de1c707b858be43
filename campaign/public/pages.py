"""Registers the public pages: blueprints, template helpers, headers, refusals."""

from __future__ import annotations

from flask import Flask, Response

from campaign.links import settings
from campaign.public import (
    articles,
    campaigns,
    confirming,
    health,
    mailbox,
    pictures,
    refusals,
    signing,
    static,
)
from campaign.public.converters import PictureConverter, SlugConverter, TokenConverter

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def register(app: Flask) -> None:
    """Add every public page to `app`."""
    app.url_map.converters.update(
        slug=SlugConverter, token=TokenConverter, picture=PictureConverter
    )
    # Otherwise `//x` is answered with a redirect to whatever the Host header says.
    app.url_map.merge_slashes = False
    for module in (articles, campaigns, signing, confirming, health, static, pictures):
        app.register_blueprint(module.pages)
    if not app.extensions["groundswell"].production:
        app.register_blueprint(mailbox.pages)
    refusals.register(app)
    app.after_request(secure)
    prepare_templates(app)


def prepare_templates(app: Flask) -> None:
    """Give the templates of `app` what ours use."""
    app.jinja_env.globals.update(
        site_name="Groundswell", environment=app.extensions["groundswell"].environment
    )
    app.jinja_env.globals["asset"] = static.asset
    app.jinja_env.filters.update(number=_number, long_date=_long_date)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def secure(response: Response) -> Response:
    """Put the headers on `response` that every page of ours carries."""
    # Every answer comes through here, and `setdefault` would look through all headers each time.
    given = {name.lower() for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    if settings().base_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _number(value: int) -> str:
    return f"{value:,}"


def _long_date(value: object) -> str:
    # %e is not portable and %d pads, so the day is written by hand.
    return f"{value.day} {value:%B %Y}"  # type: ignore[attr-defined]
