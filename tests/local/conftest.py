"""Data folders for servers of our own: the session's servers are not to be killed."""

import socket
from pathlib import Path

import psycopg
import pytest

from campaign.local.services import running


@pytest.fixture(scope="session")
def used_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder, on a path with a space, that servers have run in and none runs in now.

    It serves one test after the other, so each leaves it usable and in nobody's hands.
    """
    folder = tmp_path_factory.mktemp("with a space") / "var"
    with running(folder, redis_url="redis://unused", durable=False) as services:
        execute(services.database_url, "CREATE TABLE kept AS SELECT 42 AS number")
    return folder


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement on a connection of its own; the rows, if it has any."""
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def port() -> int:
    return free_port()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
