"""A launched small site, seen from outside."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.local.conftest import execute
from tests.local.processes import Running, running_module, until

NOTHING: Mapping[str, str] = {}


@contextmanager
def site(data_dir: Path, port: int, env: Mapping[str, str] = NOTHING) -> Iterator[Running]:
    """The small site, ready."""
    log = data_dir.parent / "log"
    with running_module(log, "tests.local.site", str(data_dir), str(port), env=env) as launched:
        launched.wait_for("ready")
        yield launched


def addresses(launched: Running) -> list[str]:
    return launched.said("prepare")[0].split()[1:]


def family(launched: Running, name: str) -> list[int]:
    """The numbers of the child's latest family: itself and the two it has forked."""

    def look() -> list[str]:
        return [line for line in launched.said("| family ") if line.startswith(name)]

    return [int(word) for word in until(look)[-1].split()[3:]]


def answers(url: str) -> bool:
    """Does the database answer, with the data it had?"""
    try:
        return execute(url, "SELECT number FROM kept") == [(42,)]
    except psycopg.OperationalError:
        return False
