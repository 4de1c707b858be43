"""Logs: one line for each event, and never what somebody typed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import logging, structlog
from campaign import logs
from campaign.settings import from_environment

logs.configure(from_environment())

def send(address):
    raise ValueError(f"cannot send to {address}")

try:
    send("ottoline@example.org")
except ValueError:
    logging.getLogger("some.library").exception("it went wrong")
    structlog.get_logger().exception("it went wrong for us")
"""


@pytest.mark.parametrize("environment", ["development", "production"])
def test_an_exception_is_told_by_its_kind_and_place_alone(environment: str, tmp_path: Path) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": environment,
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "a secret that is long enough for production",
        "BASE_URL": "https://campaigns.example",
        "DATABASE_URL": "postgresql://nobody/nothing",
        "REDIS_URL": "redis://nobody",
        "SMTP_URL": "smtp://nobody",
    }
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=60)
    lines = done.stderr.splitlines()
    assert len(lines) == 2, done.stderr
    for line in lines:
        assert "it went wrong" in line
        assert "ValueError" in line
        assert "<string>:9 send" in line
        assert "ottoline" not in line
