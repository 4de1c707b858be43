"""Keep processes running: what dies is started again, after a pause that grows while it fails."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock

from campaign.local import guard
from campaign.local.process import Process

TICK = 0.1
HEALTHY_AFTER = 10.0
SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
COLOURS = (36, 32, 33, 35, 34)


def supervise(processes: Sequence[Process], log: "Log", on_tick: Callable[[], None]) -> None:
    """Start what is not running yet, in the order given, and again whatever ends.

    It goes on until an exception ends it; only when make started us and is gone does it return,
    because killing make should not leave the site behind.
    """
    watches = [Watch(process, log) for process in processes]
    parent = os.getppid()
    while os.getppid() == parent or "MAKELEVEL" not in os.environ:
        for watch in watches:
            if watch.tend(time.monotonic()):
                kill_strays(processes)
        on_tick()
        time.sleep(TICK)


class Watch:
    """Keeps one process running."""

    def __init__(self, process: Process, log: "Log") -> None:
        self.process = process
        self.log = log
        self.pause = SHORTEST_PAUSE
        self.started = time.monotonic()
        # The servers come running; the rest is due at once.
        self.due: float | None = None if process.status() is None else self.started

    def tend(self, now: float) -> bool:
        """Look after the process once; to be called often. True when it was found to have ended."""
        if self.due is not None:
            if now >= self.due:
                self.process.start()
                self.started, self.due = now, None
            return False
        status = self.process.status()
        if status is None:
            return False
        if now - self.started > HEALTHY_AFTER:
            self.pause = SHORTEST_PAUSE
        self.due = now + self.pause
        name = self.process.program.name
        self.log.say(name, f"ended (status {status}), starts again in {self.pause:g} s")
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return True


def kill_strays(processes: Sequence[Process]) -> None:
    """End what killed guards left behind: as adopter of orphans we have become its parent."""
    guards = {process.guard_pid for process in processes}
    for pid in guard.children_of(os.getpid()) if guard.LINUX else ():
        if pid not in guards:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


class Log:
    """One log of many: each line carries the name of who wrote it, coloured on a terminal."""

    def __init__(self, names: Sequence[str]) -> None:
        self.width = max(map(len, names))
        self.colours = dict(zip(names, COLOURS * len(names), strict=False))
        self.coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.lock = Lock()

    def say(self, name: str, line: str) -> None:
        """Write one line; a reader that has gone away is no reason to stop."""
        prefix = f"{name:<{self.width}} |"
        if self.coloured:
            prefix = f"\033[{self.colours[name]}m{prefix}\033[0m"
        with self.lock, suppress(OSError, ValueError):
            sys.stdout.write(f"{prefix} {line}\n")
            sys.stdout.flush()
