"""The application under test, on the run's own database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import flask_migrate
from flask import Flask

from campaign.app import build_app
from campaign.commands import Commands
from campaign.extensions import db
from campaign.settings import Settings, from_environment
from tests.support.emptying import keep_in_order

SECRET = "a secret for tests that is long enough to be one"


def settings_for(database_url: str, redis_url: str, data_dir: Path, **changes: object) -> Settings:
    """Settings as in development, with rate limits off unless a test turns them on."""
    env = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": SECRET,
        "RATE_LIMITS": "off",
    }
    return replace(from_environment(env), **changes)  # type: ignore[arg-type]


def make_app(database_url: str, redis_url: str, data_dir: Path, **changes: object) -> Flask:
    app = build_app(settings_for(database_url, redis_url, data_dir, **changes))
    app.testing = True
    app.cli = Commands()
    return app


def migrate_template(database_url: str) -> None:
    """Bring an empty database to the newest migration."""
    app = make_app(database_url, "redis://127.0.0.1:1/0", Path("/nonexistent"))
    with app.app_context():
        flask_migrate.upgrade()
        with db.engine.begin() as connection:
            keep_in_order(connection)
        db.engine.dispose()
