"""Groundswell: from an article to a sealed delivery of signatures."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """The application as the environment describes it, for `flask --app campaign` and servers.

    Where the environment names no database or broker, the embedded ones are used, and started
    for as long as this process lives when nobody has started them. Raises SettingsError.
    """
    # Imported here so that reading the package's name costs nothing.
    from campaign.app import build_app, with_addresses
    from campaign.commands import Commands
    from campaign.local.services import borrow
    from campaign.settings import from_environment

    settings = from_environment()
    if settings.embedded:
        stack = ExitStack()
        services = stack.enter_context(borrow(settings.data_dir))
        atexit.register(stack.close)
        settings = with_addresses(settings, services.database_url, services.redis_url)
    app = build_app(settings)
    app.cli = Commands()
    return app


def create_site() -> Flask:
    """The same with the workspace made already, for web servers: a mistake in it stops the start.

    Raises SettingsError, and LookupError for a route that does not say who may enter.
    """
    from campaign.app import workspace

    app = create_app()
    workspace(app)
    return app
