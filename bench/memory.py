"""Memory: the most that a process has held (Linux)."""

from __future__ import annotations

from pathlib import Path

from campaign.local.guard import children_of
from campaign.local.process import Process


def peaks(process: Process) -> list[int]:
    """The most memory, in bytes, that a program and each process below it has held so far."""
    return [peak_of(pid) for pid in _below(process.guard_pid or 0)]


def peak_of(pid: int | str) -> int:
    """The most memory that a process (or `self`) has held so far, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has ended")


def _below(pid: int) -> list[int]:
    children = children_of(pid)
    return children + [below for child in children for below in _below(child)]
