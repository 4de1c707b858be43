"""Run one program so that nothing of it outlives its owner.

    python guard.py STOP_SIGNAL GRACE_SECONDS COMMAND [ARGUMENT...]

The owner keeps the writing end of this process's standard input and never writes to it. When
that end closes, because the owner wants the program to stop or because the owner was killed,
the program gets STOP_SIGNAL, and whatever is left after GRACE_SECONDS gets SIGKILL. When the
program ends by itself, what it started ends too. So there is one way to stop, and `kill -9` of
the owner takes it as well. It runs as a script on the standard library alone.
"""

import ctypes
import os
import select
import signal
import sys
import time
from contextlib import suppress
from typing import NoReturn

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
HEEDED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(stop_signal: int, grace: float, command: list[str]) -> int:
    """Run the command until it ends or the owner is gone; return its exit status."""
    adopt_orphans()
    child = start(command)  # Before the handlers, which would lose what the child is sent early.
    woken = wake_on_signals()
    status = wait(child, woken, stop_signal, grace)
    kill_descendants(child)
    return status


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies (Linux)."""
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wake_on_signals() -> int:
    """Make what we heed readable: each signal arrives as one byte on the descriptor returned."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in HEEDED:
        signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    return reading


def start(command: list[str]) -> int:
    """Start the command with an empty standard input; return its process number."""
    guard = os.getpid()
    child = os.fork()
    if child == 0:
        become(command, guard)
    return child


def become(command: list[str], guard: int) -> NoReturn:
    """Turn the forked child into the command, bound to die with the guard."""
    try:
        # A signal that the owner blocks or ignores would stay so in the new program.
        for number in (*HEEDED, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.setpgid(0, 0)  # A program that signals its own group must not hit the guard.
        if LINUX:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != guard:  # It was killed before the line above could tie us to it.
                os._exit(137)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"cannot run {command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def wait(child: int, woken: int, stop_signal: int, grace: float) -> int:
    """Wait for the child to end, and make it end once the owner is gone or asks for it."""
    deadline: float | None = None
    while (status := reap(child)) is None:
        watched = [woken] if deadline else [woken, 0]
        left = max(0.0, deadline - time.monotonic()) if deadline else None
        ready, _, _ = select.select(watched, [], [], left)
        asked = 0 in ready
        if woken in ready:
            asked = any(number != signal.SIGCHLD for number in os.read(woken, 4096)) or asked
        if asked and deadline is None:
            os.kill(child, stop_signal)
            deadline = time.monotonic() + grace
        if deadline and time.monotonic() >= deadline:
            return 128 + signal.SIGKILL
    return status


def reap(child: int) -> int | None:
    """Collect every process that has ended; return the child's exit status if it is among them."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            found = code if code >= 0 else 128 - code


def kill_descendants(child: int) -> None:
    """Kill until nothing is left: each death hands us the orphans, so no child means none at all.

    Elsewhere than on Linux orphans go to init, so only the group of the child can be reached.
    """
    if not LINUX:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        return
    while True:
        for pid in children_of(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        try:
            os.wait()
        except ChildProcessError:
            return


def children_of(parent: int) -> list[int]:
    """The numbers of the direct children of a process, zombies included (Linux)."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as stat:
                    # The second field is the program's name in brackets and may hold anything.
                    fields = stat.read().rpartition(b")")[2].split()
            except OSError:
                continue  # It ended while we looked.
            if int(fields[1]) == parent:
                found.append(int(name))
    return found


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
