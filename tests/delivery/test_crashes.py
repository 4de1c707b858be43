"""Crashes and full disks: nothing is lost, doubled, or left lying about."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from campaign.delivery.errors import CannotWrite
from campaign.delivery.exporting import export_signatures
from campaign.delivery.keys import own_fingerprint
from campaign.delivery.settling import packages
from campaign.delivery.verifying import verify
from campaign.resources import folder
from tests.delivery.kills import check, kill_compilations
from tests.delivery.making import (
    MAYOR,
    MINISTER,
    SLUG,
    change,
    compiled,
    numbers,
    petition,
    sign_many,
)
from tests.support.making import rows

ROOT = folder("templates").parent


def start(
    out: Path, database_url: str, data_dir: Path, *how: str, official: str = MAYOR, **limits: int
) -> subprocess.Popen[str]:
    """Compile in a process of its own. `largest` limits the files that it may write."""

    def limit() -> None:
        if "largest" in limits:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limits["largest"], limits["largest"]))

    return subprocess.Popen(
        [sys.executable, "-m", "tests.delivery.compile_here", str(out), official, *how],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )


def visible(out: Path) -> list[Path]:
    """What somebody who looks into the folder sees."""
    return sorted(path for path in out.iterdir() if not path.name.startswith("."))


BEFORE_IT_IS_VISIBLE = [
    ("before", "compiling:choose"),
    ("after", "compiling:choose"),
    ("after", "compiling:insert"),
    ("before", "compiling:_finish"),
    ("after", "compiling:_read"),
    ("before", "packing:seal"),
    ("after", "packing:verify"),
    ("before", "compiling:publish"),
]


@pytest.mark.parametrize(("when", "where"), BEFORE_IT_IS_VISIBLE)
def test_killed_before_its_package_is_visible_the_next_run_delivers_all(
    app: Flask, tmp_path: Path, data_dir: Path, database_url: str, when: str, where: str
) -> None:
    petition()
    sign_many(5)
    process = start(tmp_path, database_url, data_dir, when, where)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert visible(tmp_path) == []
    sign_many(1)
    done = compiled(tmp_path)
    assert numbers(done.path) == [1, 2, 3, 4, 5, 6]
    assert list(tmp_path.iterdir()) == [done.path]
    states = [state for (state,) in rows("SELECT state FROM delivery ORDER BY id")]
    assert states in (["ready"], ["failed", "ready"])


def test_killed_when_its_package_is_visible_it_counts_as_delivered(
    app: Flask, tmp_path: Path, data_dir: Path, database_url: str
) -> None:
    petition()
    sign_many(5)
    process = start(tmp_path, database_url, data_dir, "after", "compiling:publish")
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    (first,) = visible(tmp_path)
    assert rows("SELECT state FROM delivery") == [("compiling",)]
    sign_many(2)
    second = compiled(tmp_path)
    assert numbers(first) == [1, 2, 3, 4, 5]
    assert numbers(second.path) == [6, 7]
    assert sorted(tmp_path.iterdir()) == sorted([first, second.path])
    assert rows("SELECT state FROM delivery ORDER BY id") == [("ready",), ("ready",)]


def test_killed_at_any_moment_each_official_gets_everyone_once(
    app: Flask, tmp_path: Path, data_dir: Path, database_url: str
) -> None:
    petition()
    luck = random.Random(7)
    for turn in range(8):
        sign_many(30)
        both = [
            start(tmp_path, database_url, data_dir, official=official)
            for official in (MAYOR, MINISTER)
        ]
        # Longer than a start takes, shorter than a compilation: somewhere in between.
        time.sleep(luck.uniform(0.3, 2.5) if turn else 0.1)
        for process in both:
            process.kill()
            process.communicate(timeout=60)
    sign_many(1)
    for official in (MAYOR, MINISTER):
        compiled(tmp_path, official)
        mine = [path for path in visible(tmp_path) if f"-{official}-" in path.name]
        delivered = sorted(number for path in mine for number in numbers(path))
        assert delivered == list(range(1, 8 * 30 + 2))
    fingerprint = own_fingerprint(data_dir)
    assert all(verify(path, {str(fingerprint)}).problems == [] for path in visible(tmp_path))
    assert visible(tmp_path) == sorted(tmp_path.iterdir())


@pytest.mark.parametrize("largest", [0, 700, 5_000, 14_000])
def test_a_full_disk_is_said_so_and_leaves_nothing(
    app: Flask, tmp_path: Path, data_dir: Path, database_url: str, largest: int
) -> None:
    petition()
    sign_many(300)
    compiled(tmp_path / "elsewhere.zip", MINISTER)
    (tmp_path / "elsewhere.zip").unlink()
    process = start(tmp_path, database_url, data_dir, largest=largest)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "CannotWrite: cannot write" in said.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []
    state, reason = rows("SELECT state, error FROM delivery ORDER BY id")[-1]
    assert state == "failed"
    assert reason.startswith("cannot write ")
    assert numbers(compiled(tmp_path).path) == list(range(1, 301))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_to_a_full_disk_keeps_the_older_one(
    app: Flask, tmp_path: Path, form: str
) -> None:
    petition()
    sign_many(200)
    path = tmp_path / f"out.{form}"
    path.write_text("older")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, before[1]))
    try:
        with pytest.raises(CannotWrite, match=r"cannot write .*out\.") as refusal:
            export_signatures(SLUG, form, path)  # type: ignore[arg-type]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert "File too large" in str(refusal.value)
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_package_that_was_taken_away_after_a_crash_is_delivered_again(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    sign_many(2)
    first = compiled(tmp_path)
    change("UPDATE delivery SET state = 'compiling'")
    first.path.unlink()
    assert numbers(compiled(tmp_path).path) == [1, 2]


def test_requested_compilations_that_are_killed_lose_and_double_nothing(
    app: Flask, data_dir: Path, database_url: str
) -> None:
    """`python -m tests.delivery.kills` does the same 50 times with 100,000 signatures."""
    shutil.rmtree(packages(), ignore_errors=True)
    petition()
    sign_many(2_000)
    tally = kill_compilations(4, 7, database_url, data_dir)
    assert tally.kills == 4
    assert check(data_dir) > 2_000
