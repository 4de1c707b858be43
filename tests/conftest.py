"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.accounts import passwords
from campaign.app import workspace
from campaign.campaigns.facts import forget_facts
from campaign.extensions import db
from tests.support.app import make_app
from tests.support.emptying import empty, tables_in

pytest_plugins = [
    "tests.support.servers",
    "tests.support.smtp",
    "tests.support.site",
    "tests.support.speaking",
    "tests.support.staff",
    "tests.browser.workspace",
    "tests.browser.verifying",
]


# A thousand tests sign in; what a password costs is shown by a test of its own.
passwords.COST = {"time_cost": 1, "memory_cost": 1024, "parallelism": 1}


@pytest.fixture(scope="session")
def session_app(
    database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One application a test process: building it costs more than most tests."""
    app = make_app(database_url, redis_url, tmp_path_factory.mktemp("data"))
    yield app
    for one in (app, workspace(app)):
        with one.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def tables(session_app: Flask) -> list[str]:
    """All tables that tests fill, in the order in which they can be emptied."""
    with session_app.app_context(), db.engine.connect() as connection:
        return tables_in(connection)


@pytest.fixture
def app(session_app: Flask, tables: list[str]) -> Iterator[Flask]:
    """The application on an empty database, inside its context."""
    with session_app.app_context():
        with db.engine.begin() as connection:
            empty(connection, tables)
        forget_facts()
        session_app.extensions["groundswell.pages"].forget()
        yield session_app
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture
def data_dir(app: Flask) -> Path:
    """Where the application keeps files."""
    folder: Path = app.extensions["groundswell"].data_dir
    return folder
