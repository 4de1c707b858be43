"""A program that runs under a guard (see `guard.py`), can be stopped, and started again."""

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO

GUARD = Path(__file__).with_name("guard.py")
LONGEST_LINE = 64 * 1024
LARGEST_LOG = 1024 * 1024


@dataclass(frozen=True)
class Program:
    """What to run: `env` is its whole environment, `grace` the seconds it has to stop by itself."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 5.0


class Process:
    """A program and, while it runs, its guard.

    `log` takes what it prints: a file, or a function called with each line from another thread.
    `keep_open` are descriptors that all its processes inherit, such as a lock to hold while any
    of them lives.
    """

    def __init__(
        self, program: Program, log: Path | Callable[[str], None], keep_open: Sequence[int] = ()
    ) -> None:
        self.program = program
        self._log = log
        self._keep_open = keep_open
        self._guard: subprocess.Popen[bytes] | None = None
        self._relay: Thread | None = None

    @property
    def guard_pid(self) -> int | None:
        """The process number of the guard, if it was started."""
        return self._guard.pid if self._guard else None

    def start(self) -> None:
        """Start the program; it may take a while to be ready. It must not be running already."""
        self._finish()
        if isinstance(self._log, Path):
            mode = "ab" if self._log.exists() and self._log.stat().st_size < LARGEST_LOG else "wb"
            with self._log.open(mode) as file:
                self._guard = self._spawn(file)
        else:
            self._guard = self._spawn(subprocess.PIPE)
            assert self._guard.stdout  # nosec B101
            self._relay = Thread(target=relay, args=(self._guard.stdout, self._log), daemon=True)
            self._relay.start()

    def _spawn(self, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        program = self.program
        # Isolated and without site-packages the guard starts in about 15 ms.
        guard = [sys.executable, "-I", "-S", str(GUARD), str(int(program.stop_signal))]
        return subprocess.Popen(
            [*guard, str(program.grace), *program.argv],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=program.env,
            pass_fds=self._keep_open,
            start_new_session=True,  # Ctrl-C in the terminal is for the owner alone.
        )

    def status(self) -> int | None:
        """Its exit status (128 + the signal that killed it), or None while it runs."""
        return self._guard.poll() if self._guard else 0

    def begin_stop(self) -> None:
        """Ask it to stop, without waiting."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()

    def stop(self) -> None:
        """Stop it and wait until nothing of it is left: at most its grace and a moment more."""
        self.begin_stop()
        self._finish()

    def _finish(self) -> None:
        """Collect a program that has ended or was told to."""
        self.begin_stop()
        if self._guard:
            self._guard.wait()
        if self._relay:
            self._relay.join(timeout=1)
        self._guard = self._relay = None


def relay(output: IO[bytes], say: Callable[[str], None]) -> None:
    """Pass each line on, until every process that could write one has ended."""
    with output:
        while line := output.readline(LONGEST_LINE):
            say(line.decode(errors="replace").rstrip("\r\n"))
