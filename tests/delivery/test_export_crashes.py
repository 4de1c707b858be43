"""Workers die and disks fill: every export is finished, or fails with a reason."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.delivery import making
from campaign.delivery.making import make_due
from campaign.extensions import db
from campaign.resources import folder
from tests.delivery.export_making import (
    exported,
    files,
    made,
    order,
    path_of,
    state,
)
from tests.delivery.making import change, csv_table, petition, sign, sign_many, xlsx_table
from tests.support.making import rows, value

ROOT = folder("templates").parent
pytestmark = pytest.mark.usefixtures("no_exports")


def kill_worker(
    database_url: str, data_dir: Path, where: str, call: int, part: int = 40, **limits: str
) -> None:
    """Run a worker that is killed at that call of that function."""
    words = [sys.executable, "-m", "tests.delivery.export_making", str(part), where, str(call)]
    env = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(data_dir), **limits}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_after_a_kill_another_worker_goes_on_from_the_last_part(
    app: Flask, data_dir: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(making, "PART", 40)
    petition()
    sign_many(200)
    whole = exported(("number", "name", "comment"))
    killed = order(("number", "name", "comment"), format=form)
    change("UPDATE export SET cut_off = (SELECT min(cut_off) FROM export) WHERE id = :i", i=killed)
    kill_worker(database_url, data_dir, "leasing:got_on", 4)
    assert rows("SELECT state, done, total FROM export WHERE id = :i", i=killed) == [
        ("running", 120, 200)
    ]
    # The part that was written but is not on record, and garbage after it, are cut off.
    part = path_of(killed).with_suffix(".part")
    with part.open("ab") as file:
        file.write(b"half a row")
    counted: list[int] = []
    monkeypatch.setattr(making, "write_rows", counting(making.write_rows, counted))
    data = made(killed)
    assert counted == [40, 40]
    if form == "csv":
        assert data == whole
    else:
        assert xlsx_table(data) == csv_table(whole)
    assert sorted(files(data_dir)) == sorted(path_of(n).name for n in (1, killed))


def counting(original: Callable[..., int], counted: list[int]) -> Callable[..., int]:
    """`write_rows`, noting how many rows it wrote."""

    def write(*args: Any) -> int:
        counted.append(original(*args))
        return counted[-1]

    return write


KILLS = [
    ("making:_resumed", 1, "csv"),
    ("leasing:begun", 1, "csv"),
    ("leasing:got_on", 1, "csv"),
    ("making:write_rows", 3, "csv"),
    ("making:_record_ready", 1, "csv"),
    ("making:record", 1, "csv"),
    ("making:write_xlsx", 1, "xlsx"),
    ("making:_record_ready", 1, "xlsx"),
    ("making:record", 1, "xlsx"),
]


@pytest.mark.parametrize(("where", "call", "form"), KILLS)
def test_killed_anywhere_the_export_is_made_all_the_same(
    app: Flask, data_dir: Path, database_url: str, where: str, call: int, form: str
) -> None:
    petition()
    sign_many(100)
    expected = csv_table(exported(("number", "id", "name")))
    killed = order(("number", "id", "name"), format=form)
    kill_worker(database_url, data_dir, where, call)
    data = made(killed)
    assert (csv_table(data) if form == "csv" else xlsx_table(data)) == expected
    assert len(files(data_dir)) == 2
    ready = rows("SELECT count(*) FROM audit_event WHERE action = 'export made'")
    assert ready == [(2,)]


def test_a_lost_file_is_made_anew(app: Flask, data_dir: Path, database_url: str) -> None:
    petition()
    sign_many(200)
    whole = exported(("number", "name"))
    killed = order(("number", "name"))
    kill_worker(database_url, data_dir, "leasing:got_on", 4)
    path_of(killed).with_suffix(".part").unlink()
    assert made(killed) == whole


def test_a_worker_that_runs_out_of_time_puts_its_export_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "PART", 10)
    petition()
    sign_many(50)
    whole = exported(("number", "name"))
    slow = order(("number", "name"))
    # A second passes with each look at the clock: there is time for one part in each turn.
    monkeypatch.setattr(making, "time", SimpleNamespace(monotonic=count().__next__))
    turns = 1
    while state(slow) != "ready":
        assert make_due(2)
        turns += 1
    assert path_of(slow).read_bytes() == whole
    assert turns > 1


def test_an_export_that_kills_every_worker_is_given_up(app: Flask, data_dir: Path) -> None:
    petition()
    sign()
    deadly = order()
    change("UPDATE export SET state = 'running', attempts = 5, leased_by = 0")
    make_due(60)
    assert state(deadly) == "failed"
    assert "its worker ended each time" in value("SELECT error FROM export")
    assert files(data_dir) == []
    assert make_due(60) is False


def test_what_somebody_else_is_making_is_left_alone(app: Flask) -> None:
    petition()
    one = order()
    with db.engine.connect() as other:
        other.execute(
            text(
                "UPDATE export SET state = 'running', leased_by = pg_backend_pid(),"
                " due_at = now() + interval '10 minutes'"
            )
        )
        other.commit()
        assert make_due(60) is False
        assert state(one) == "running"
        other.invalidate()
    assert made(one)


def test_a_full_disk_is_a_clear_failure(app: Flask, data_dir: Path) -> None:
    petition()
    sign_many(300)
    full = order()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, before[1]))
    try:
        make_due(60)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert state(full) == "failed"
    reason = value("SELECT error FROM export")
    assert "File too large" in reason
    assert str(data_dir) not in reason
    assert files(data_dir) == []
