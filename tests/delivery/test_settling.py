"""What becomes of deliveries whose worker is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from flask import Flask

from campaign.delivery.due import compile_due
from campaign.delivery.records import working_folder
from campaign.delivery.settling import packages, sweep_folders
from campaign.resources import folder
from tests.delivery.making import (
    change,
    numbers,
    petition,
    sign_many,
)
from tests.delivery.test_requested import package, request, states
from tests.local.processes import until
from tests.support.making import rows, value


def killed_at_work(database_url: str, data_dir: Path) -> None:
    """A worker that is killed while it makes the package."""
    code = (
        "import os, signal; from pathlib import Path; from tests.support.app import make_app\n"
        "from campaign.delivery import compiling, due\n"
        "compiling.pack = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"app = make_app({database_url!r}, 'redis://127.0.0.1:1/0', Path({str(data_dir)!r}))\n"
        "with app.app_context(): due.compile_due()\n"
    )
    root = folder("templates").parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=dict(os.environ), timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert states() == ["compiling"]


def settled_as(state: str) -> bool:
    # It may take the database a moment to see that the worker is gone; then beat has rung again.
    return until(lambda: compile_due() == 0 and states() == [state])


def test_a_killed_compilation_is_begun_anew_at_most_twice(
    app: Flask, database_url: str, data_dir: Path
) -> None:
    petition()
    sign_many(5)
    request()
    for _ in range(2):
        killed_at_work(database_url, data_dir)
        settled_as("requested")
        assert value("SELECT due_at > now() FROM delivery")
        change("UPDATE delivery SET due_at = now()")
    killed_at_work(database_url, data_dir)
    settled_as("failed")
    assert "ended before it was finished" in value("SELECT error FROM delivery")
    request()
    assert compile_due() == 1
    assert numbers(package(2)) == [1, 2, 3, 4, 5]
    assert not list(packages().glob(".*"))


def test_one_that_was_killed_once_is_delivered_after_all(
    app: Flask, database_url: str, data_dir: Path
) -> None:
    petition()
    sign_many(5)
    request()
    killed_at_work(database_url, data_dir)
    settled_as("requested")
    assert compile_due() == 0
    change("UPDATE delivery SET due_at = now()")
    assert compile_due() == 1
    assert numbers(package(1)) == [1, 2, 3, 4, 5]
    assert rows("SELECT state, error FROM delivery") == [("ready", None)]


def test_what_settling_decides_is_on_record(app: Flask, database_url: str, data_dir: Path) -> None:
    petition()
    sign_many(5)
    request()
    killed_at_work(database_url, data_dir)
    settled_as("requested")
    change("UPDATE delivery SET due_at = now()")
    compile_due()
    # As if it had been killed between the package and the record of it.
    change("UPDATE delivery SET state = 'compiling'")
    assert compile_due() == 0
    assert states() == ["ready"]
    query = "SELECT action FROM audit_event WHERE subject LIKE 'delivery:%' ORDER BY number"
    assert [action for (action,) in rows(query)] == [
        "delivery requested",
        "delivery put back",
        "delivery compiled",
        "delivery compiled",
    ]


def test_a_sweep_removes_folders_that_nobody_works_in_and_no_package(app: Flask) -> None:
    petition()
    sign_many(2)
    request()
    compile_due()
    unknown = packages() / f"{'0' * 64}.zip"
    unknown.write_bytes(b"of a database that was restored since")
    left, used = (working_folder(packages() / f"{n}.zip", n) for n in (7, 8))
    for one in (left, used):
        one.mkdir()
    request()
    change(
        "UPDATE delivery SET id = 8, state = 'compiling', file = :f WHERE number = 2",
        f=str(packages() / "8.zip"),
    )
    assert sweep_folders() == 1
    assert (left.exists(), used.exists(), unknown.exists(), package(1).exists()) == (
        False,
        True,
        True,
        True,
    )
    unknown.unlink()
    used.rmdir()
