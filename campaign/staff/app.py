"""Builds the workspace.

It is a second Flask application in the same process: signing in, sessions and tokens for forms
are registered on it alone, so no public request ever pays for them or carries a cookie.
"""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from campaign.extensions import db
from campaign.public import pages as public_pages
from campaign.public.beside import PREFIX
from campaign.public.converters import RowConverter, SlugConverter, TokenConverter
from campaign.resources import folder
from campaign.settings import Settings
from campaign.staff import doors, intake, refusals, signing_in, throttle, views
from campaign.staff.pages import PAGES


def build_staff_app(public: Flask, settings: Settings) -> Flask:
    """The workspace beside the application `public`, whose database and bell it shares."""
    app = Flask("campaign.staff", static_folder=None, template_folder=str(folder("templates")))
    for name in ("groundswell", "groundswell.bell"):
        app.extensions[name] = public.extensions[name]
    app.config.update(
        {key: value for key, value in public.config.items() if key.startswith("SQLALCHEMY")}
    )
    options = {**public.config["SQLALCHEMY_ENGINE_OPTIONS"], "pool_size": 4, "max_overflow": 12}
    # Nobody's page waits for ever on a row that another one holds.
    waits = {**options["connect_args"], "options": "-c timezone=UTC -c lock_timeout=10s"}
    options["connect_args"] = waits
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_ENGINE_OPTIONS=options,
        MAX_CONTENT_LENGTH=intake.MAX_BODY,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_NAME="groundswell_staff",
        SESSION_COOKIE_PATH=PREFIX,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https"),
        WTF_CSRF_TIME_LIMIT=None,  # As long as the session: nobody's long text is refused at noon.
        WTF_CSRF_SSL_STRICT=False,  # Behind a proxy the scheme is not ours to see; SameSite is.
    )
    app.url_map.converters.update(slug=SlugConverter, token=TokenConverter, int=RowConverter)
    app.url_map.merge_slashes = False
    db.init_app(app)
    public_pages.prepare_templates(app)
    intake.install(app)
    doors.guard(app)
    CSRFProtect(app)
    throttle.install(app, public.config)
    signing_in.install(app, settings)
    for module in PAGES:
        app.register_blueprint(module.pages)
    views.register(app)
    refusals.register(app)
    doors.require_doors(app)
    return app
