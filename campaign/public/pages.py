"""Registers the public pages: blueprints, template helpers, headers, refusals."""

from __future__ import annotations

from flask import Flask, Response

from campaign import languages
from campaign.links import SITE_NAME, absolute, settings
from campaign.mail.suggesting import COMMON, suggestion
from campaign.public import (
    after,
    articles,
    campaigns,
    checking,
    confirming,
    deliveries,
    embed_code,
    embed_look,
    embedding,
    feeds,
    health,
    mailbox,
    meta,
    mine,
    oembed,
    office,
    pictures,
    privacy_page,
    refusals,
    share_pictures,
    signing,
    static,
    unsubscribing,
)
from campaign.public.converters import PictureConverter, RowConverter, SlugConverter, TokenConverter
from campaign.public.headers import headers
from campaign.public.languages import prefix, theirs, to


def register(app: Flask) -> None:
    """Add every public page to `app`."""
    app.url_map.converters.update(
        slug=SlugConverter,
        token=TokenConverter,
        picture=PictureConverter,
        int=RowConverter,
    )
    # Otherwise `//x` is answered with a redirect to whatever the Host header says.
    app.url_map.merge_slashes = False
    for module in (
        articles,
        campaigns,
        signing,
        after,
        embedding,
        embed_look,
        embed_code,
        oembed,
        share_pictures,
        confirming,
        checking,
        mine,
        deliveries,
        feeds,
        office,
        unsubscribing,
        privacy_page,
        health,
        static,
        pictures,
    ):
        app.register_blueprint(module.pages)
    if not app.extensions["groundswell"].production:
        app.register_blueprint(mailbox.pages)
    refusals.register(app)
    app.after_request(secure)
    prepare_templates(app)


def prepare_templates(app: Flask) -> None:
    """Give the templates of `app` what ours use."""
    app.jinja_env.globals.update(
        site_name=SITE_NAME, environment=app.extensions["groundswell"].environment
    )
    languages.install(app)
    app.jinja_env.globals.update(
        asset=static.asset,
        to=to,
        theirs=theirs,
        absolute=absolute,
        spoken=languages.NAMES,
        article_data=meta.article_data,
        open_graph_locale=meta.open_graph_locale,
        language=languages.language,
        direction=languages.direction,
        common_domains=" ".join(COMMON),
        suggestion=suggestion,
    )
    app.jinja_env.filters.update(number=languages.local_number, long_date=languages.local_date)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def secure(response: Response) -> Response:
    """Put the headers on `response` that every page of ours carries."""
    if len(languages.NAMES) > 1 and not prefix():
        # The same address speaks to each browser in its own language.
        response.headers.add("Vary", "Accept-Language")
    # Every answer comes through here, and `setdefault` would look through all headers each time.
    given = {name.lower() for name, _ in response.headers}
    for name, value in headers().items():
        if name.lower() not in given:
            response.headers.add(name, value)
    if settings().base_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
