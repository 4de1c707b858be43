"""Builds the application: settings, extensions, pages."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Flask, Request
from flask.sessions import SessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign import jobs, logs
from campaign.errors import SettingsError
from campaign.extensions import db, limiter, migrate
from campaign.public import cache, pages
from campaign.public.beside import Beside
from campaign.public.languages import InLanguage
from campaign.resources import folder
from campaign.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# The largest form we have is a few kilobytes; this leaves room for any script and comment.
MAX_BODY = 64 * 1024
MAX_FIELDS = 50

_making = threading.Lock()


def build_app(settings: Settings) -> Flask:
    """The application for `settings`, whose database and broker must be known by now."""
    if settings.database_url is None or settings.redis_url is None:
        raise SettingsError("DATABASE_URL and REDIS_URL must be known to build the application")
    logs.configure(settings)
    app = Flask("campaign", static_folder=None, template_folder=str(folder("templates")))
    app.extensions["groundswell"] = settings
    app.config.update(_configuration(settings, settings.database_url, settings.redis_url))
    app.extensions["groundswell.bell"] = jobs.Doorbell(jobs.publisher(settings.redis_url))
    app.session_interface = NoSession()
    db.init_app(app)
    migrate.init_app(app, db, directory=str(folder("migrations")))
    limiter.init_app(app)
    pages.register(app)
    app.extensions["groundswell.pages"] = kept = cache.PageCache(app.wsgi_app)
    both = Beside(InLanguage(kept), lambda: workspace(app).wsgi_app, settings.base_url)
    app.wsgi_app = _behind(both, settings.trusted_proxies)  # type: ignore[assignment,method-assign]
    return app


def workspace(app: Flask) -> Flask:
    """The application under /staff/ beside `app`, made when it is first asked for.

    Commands and workers never ask, and are spared a second of imports.
    """
    with _making:
        found: Flask | None = app.extensions.get("groundswell.staff")
        if found is None:
            from campaign.staff.app import build_staff_app

            found = build_staff_app(app, app.extensions["groundswell"])
            app.extensions["groundswell.staff"] = found
    return found


def _behind(app: WSGIApplication, proxies: int) -> WSGIApplication:
    # Only the client's address is taken from proxies: links come from BASE_URL alone.
    return ProxyFix(app, x_for=proxies, x_proto=0) if proxies else app


class NoSession(SessionInterface):
    """Public pages have no session: nothing is read from a cookie, and none is ever set."""

    def open_session(self, app: Flask, request: Request) -> None:
        return None


def with_addresses(settings: Settings, database_url: str, redis_url: str) -> Settings:
    """The settings with the addresses that the embedded services turned out to have."""
    return replace(
        settings,
        database_url=settings.database_url or database_url,
        redis_url=settings.redis_url or redis_url,
    )


def _configuration(settings: Settings, database_url: str, redis_url: str) -> dict[str, object]:
    scheme, rest = database_url.split("://", 1)
    driver = "postgresql+psycopg" if scheme in ("postgresql", "postgres") else scheme
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": f"{driver}://{rest}",
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": 16,
            "max_overflow": 16,
            "pool_timeout": 5,
            # A failed statement must not carry its personal values into a log.
            "hide_parameters": True,
            "connect_args": {
                "connect_timeout": 5,
                "application_name": "groundswell",
                # Days and hours are those of UTC, whatever zone the server is set to.
                "options": "-c timezone=UTC",
            },
        },
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY,
        "MAX_FORM_PARTS": MAX_FIELDS,
        "RATELIMIT_ENABLED": settings.rate_limits,
        "RATELIMIT_STORAGE_URI": redis_url,
        "RATELIMIT_STORAGE_OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        # When the broker goes, only the first request to notice falls back; those beside it at
        # that moment would be answered with the broker's error.
        "RATELIMIT_SWALLOW_ERRORS": True,
        "RATELIMIT_KEY_PREFIX": "gs",
    }
