"""Deliveries that were requested: compiled by a worker, or failed, never forgotten."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

from flask import Flask

from campaign.delivery.due import compile_due, packages
from campaign.delivery.keys import own_fingerprint, signing_key
from campaign.delivery.requesting import request_delivery
from campaign.delivery.verifying import verify
from campaign.resources import folder
from tests.delivery.export_making import ADA
from tests.delivery.making import (
    MAYOR,
    MINISTER,
    SLUG,
    change,
    compiled,
    numbers,
    petition,
    sign,
    sign_many,
)
from tests.local.processes import until
from tests.support.making import rows, value


def request(official: str = MAYOR) -> int:
    return request_delivery(SLUG, official, everything=False, actor=ADA)


def states() -> list[str]:
    return [state for (state,) in rows("SELECT state FROM delivery ORDER BY number")]


def package(number: int) -> Path:
    return Path(value("SELECT file FROM delivery WHERE number = :n", n=number))


def test_requested_and_immediate_deliveries_share_their_numbers(
    app: Flask, tmp_path: Path, data_dir: Path
) -> None:
    petition()
    sign_many(3)
    assert request() == 1
    assert compile_due() == 1
    sign_many(2)
    done = compiled(tmp_path)
    assert numbers(package(1)) == [1, 2, 3]
    assert numbers(done.path) == [4, 5]
    assert done.number == 2
    assert verify(package(1), {str(own_fingerprint(data_dir))}).problems == []
    assert rows("SELECT made_by, row_count FROM delivery WHERE number = 1") == [(ADA.name, 3)]
    assert compile_due() == 0


def test_an_official_who_is_not_addressed_any_more_is_a_clear_failure(app: Flask) -> None:
    petition()
    sign()
    request(MINISTER)
    request(MAYOR)
    change("DELETE FROM campaign_official WHERE position = 2")
    assert compile_due() == 1
    assert states() == ["failed", "ready"]
    assert "does not address" in value("SELECT error FROM delivery WHERE number = 1")


def test_a_full_disk_is_a_clear_failure_and_frees_the_numbers(app: Flask, data_dir: Path) -> None:
    petition()
    sign_many(300)
    signing_key(data_dir)
    request()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, before[1]))
    try:
        assert compile_due() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert states() == ["failed"]
    assert "File too large" in value("SELECT error FROM delivery")
    request()
    assert compile_due() == 1
    assert numbers(package(2)) == list(range(1, 301))


def test_a_killed_compilation_does_not_stay_compiling(
    app: Flask, database_url: str, data_dir: Path
) -> None:
    petition()
    sign_many(5)
    request()
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
    # It may take the database a moment to see that the worker is gone; then beat has rung again.
    until(lambda: compile_due() == 0 and states() == ["failed"])
    assert "ended before it was finished" in value("SELECT error FROM delivery")
    request()
    assert compile_due() == 1
    assert numbers(package(2)) == [1, 2, 3, 4, 5]
    assert not list(packages().glob(".*"))
