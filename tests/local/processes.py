"""Looking at processes, and running our own programs as others would."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from campaign.local.guard import children_of

ROOT = Path(__file__).parents[2]
# Nothing takes this long; a machine with other work may take a while all the same.
PATIENCE = 60.0
Found = TypeVar("Found")


def until(look: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """What `look` finds as soon as it finds something; a failure when it never does."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.02)
    return found


def is_running(pid: int) -> bool:
    """Whether the process exists and is more than an entry that waits to be collected."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def none_of(pids: list[int]) -> Callable[[], bool]:
    """A look for `until`: have all of these ended?"""
    return lambda: not any(is_running(pid) for pid in pids)


def descendants(pid: int) -> list[int]:
    """Every process below this one."""
    children = children_of(pid)
    return children + [below for child in children for below in descendants(child)]


def program_of(pid: int) -> str:
    """The whole command line of a process, or nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def say(*words: object) -> None:
    """Print a line at once, for whoever reads the log."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Running:
    """A Python module of ours that runs as a program of its own."""

    def __init__(self, popen: subprocess.Popen[str], log: Path) -> None:
        self.popen = popen
        self.pid = popen.pid
        self.log = log

    def said(self, word: str) -> list[str]:
        """The lines it has printed that contain the word."""
        return [line for line in self.log.read_text().splitlines() if word in line]

    def wait_for(self, word: str) -> list[str]:
        """The lines with the word, once there is one."""

        def look() -> list[str]:
            lines = self.said(word)
            assert lines or self.popen.poll() is None, self.log.read_text()
            return lines

        return until(look)

    def end(self, number: int) -> int:
        """Send the signal and wait; its exit status."""
        os.kill(self.pid, number)
        return self.popen.wait(timeout=PATIENCE)


def heed_signals() -> None:
    """Before a program starts: let it heed the signals that our own starter may have ignored.

    Shells start background programs with SIGINT ignored, and nohup does so with SIGHUP.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def running_module(
    log: Path, *arguments: str, prefix: tuple[str, ...] = (), env: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run `python -m ARGUMENTS` until the block ends, with an environment of nothing but `env`."""
    command = [*prefix, sys.executable, "-m", *arguments]
    base = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(ROOT),
    }
    with (
        log.open("w") as file,
        subprocess.Popen(
            command,
            cwd=log.parent,
            env={**base, **(env or {})},
            stdout=file,
            stderr=file,
            text=True,
            preexec_fn=heed_signals,
        ) as popen,
    ):
        try:
            yield Running(popen, log)
        finally:
            if popen.poll() is None:
                popen.send_signal(signal.SIGTERM)
                popen.wait(timeout=PATIENCE)
