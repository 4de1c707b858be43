"""The command line: one clear line for what is refused, an exit status that scripts can read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def campaign(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the real command line with nothing but `env` in its environment."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "campaign", *arguments],
        env={**clean, **env},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("command", ["up", "web", "worker", "scheduler"])
def test_production_refuses_to_start_incomplete(command: str) -> None:
    done = campaign(command, ENVIRONMENT="production")
    needed = "SECRET_KEY, BASE_URL, DATABASE_URL, REDIS_URL, SMTP_URL"
    assert done.returncode == 1
    assert done.stderr == f"Error: ENVIRONMENT=production needs {needed}\n"


@pytest.mark.parametrize("command", ["web", "worker", "scheduler"])
def test_a_part_on_its_own_needs_services(command: str, tmp_path: Path) -> None:
    done = campaign(command, DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "only with DATABASE_URL and REDIS_URL" in done.stderr


def test_a_database_out_of_reach_is_said_in_one_line(tmp_path: Path) -> None:
    done = campaign(
        "counts",
        "check",
        DATA_DIR=str(tmp_path),
        DATABASE_URL="postgresql://groundswell:a-password@127.0.0.1:1/groundswell",
        REDIS_URL="redis://127.0.0.1:1/0",
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the database cannot be used: ")
    assert len(done.stderr.splitlines()) == 1
    assert "a-password" not in done.stderr


def test_a_database_without_tables_asks_for_the_upgrade(tmp_path: Path) -> None:
    done = campaign("mail", "status", DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == "Error: the database is not up to date: run `campaign db upgrade`\n"


@pytest.mark.parametrize("arguments", [["nonsense"], ["counts", "nonsense"], ["up", "--port", "0"]])
def test_wrong_usage_exits_with_two(arguments: list[str]) -> None:
    assert campaign(*arguments).returncode == 2
