"""The database and broker of a test run: one server for all, a database for each process.

The main process starts the embedded servers, or uses those that DATABASE_URL and REDIS_URL name,
and makes a migrated template. Each process (one, or the workers of pytest-xdist) copies it.
"""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis

from campaign.local.services import running

DATABASE = "GROUNDSWELL_TEST_DATABASE_URL"
REDIS = "GROUNDSWELL_TEST_REDIS_URL"
TEMPLATE = "GROUNDSWELL_TEST_TEMPLATE"


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the main process, before its workers inherit the environment."""
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.option.collectonly or config.option.help:
        return
    stack = ExitStack()
    config.add_cleanup(stack.close)
    given = (os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
    data_dir = stack.enter_context(tempfile.TemporaryDirectory(prefix="groundswell-tests-"))
    services = stack.enter_context(
        running(data_dir, database_url=given[0], redis_url=given[1], durable=False)
    )
    template = f"groundswell_test_{secrets.token_hex(4)}"
    stack.enter_context(Database(services.database_url, template))
    migrate(database_named(services.database_url, template))
    os.environ[DATABASE] = services.database_url
    os.environ[REDIS] = services.redis_url
    os.environ[TEMPLATE] = template


@pytest.fixture(scope="session")
def database_url(worker_number: int) -> Iterator[str]:
    """A migrated database for the tests of this process alone."""
    server, template = os.environ[DATABASE], os.environ[TEMPLATE]
    name = f"{template}_{worker_number}"
    with Database(server, name, template):
        yield database_named(server, name)


@pytest.fixture(scope="session")
def redis_url(worker_number: int) -> Iterator[str]:
    """A numbered Redis database for the tests of this process alone, empty at the start."""
    url = database_named(os.environ[REDIS], str(worker_number + 1))
    with redis.Redis.from_url(url) as client:
        if client.dbsize():
            pytest.fail(f"{url} is not empty, and the tests would empty it.", pytrace=False)
        yield url
        client.flushdb()


@pytest.fixture(scope="session")
def worker_number() -> int:
    """0 for the only or first process, 1 for the second, and so on."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


class Database:
    """A context in which the database exists, empty or as a copy of a template."""

    def __init__(self, server: str, name: str, template: str = "template0") -> None:
        self.server = server
        self.name = name
        self.template = template

    def __enter__(self) -> None:
        self._execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')

    def __exit__(self, *_: object) -> None:
        self._execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


def database_named(url: str, name: str) -> str:
    """The same server's address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def migrate(url: str) -> None:
    """Bring the template up to date by `tests.support.app.migrate_template`, once that exists."""
    if Path(__file__).with_name("app.py").exists():
        import_module("tests.support.app").migrate_template(url)
