"""The guard: whatever ends, nothing of the program is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from campaign.local.process import GUARD
from tests.local.processes import is_running, none_of, until
from tests.local.site import FAMILY

Guard = subprocess.Popen[str]


@contextmanager
def guarded(command: list[str], grace: str = "5") -> Iterator[Guard]:
    """A command under a guard, as its owner sees it."""
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(GUARD), str(int(signal.SIGTERM)), grace, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as guard:
        yield guard


def members(guard: Guard) -> list[int]:
    """The numbers of the family that the guard has started, once they are there."""
    assert guard.stdout
    return [int(word) for word in guard.stdout.readline().split()[1:]]


def stop_owning(guard: Guard) -> None:
    """What happens to the guard when its owner is killed, or wants the program to stop."""
    assert guard.stdin
    guard.stdin.close()


def send(number: signal.Signals) -> Callable[[Guard], None]:
    return lambda guard: guard.send_signal(number)


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137)])
def test_the_exit_status_is_the_programs(script: str, status: int) -> None:
    with guarded(["sh", "-c", script]) as guard:
        assert guard.wait(timeout=10) == status


def test_a_program_that_cannot_run_is_said_so() -> None:
    with guarded(["/nowhere/program"]) as guard:
        assert guard.stdout
        assert guard.stdout.read() == "cannot run /nowhere/program: No such file or directory\n"
        assert guard.wait(timeout=10) == 127


@pytest.mark.parametrize("end", [stop_owning, send(signal.SIGTERM), send(signal.SIGINT)])
def test_the_program_is_asked_to_stop(end: Callable[[Guard], None]) -> None:
    script = "trap 'echo tidied up; exit 7' TERM; echo up; while :; do sleep 0.02; done"
    with guarded(["sh", "-c", script]) as guard:
        assert guard.stdout
        assert guard.stdout.readline() == "up\n"
        end(guard)
        assert guard.stdout.read() == "tidied up\n"
    assert guard.returncode == 7


def test_a_program_hears_signals_that_its_owner_blocks() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        with guarded(FAMILY) as guard:
            os.kill(members(guard)[0], signal.SIGTERM)
            assert guard.wait(timeout=10) == 128 + signal.SIGTERM
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])


def test_a_program_that_does_not_heed_is_killed_with_its_whole_family() -> None:
    with guarded([*FAMILY, "--stubborn"], grace="0.2") as guard:
        family = members(guard)
        stop_owning(guard)
        assert guard.wait(timeout=10) == 137
    assert not any(is_running(pid) for pid in family)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_family_ends_with_the_program(number: signal.Signals) -> None:
    with guarded(FAMILY) as guard:
        family = members(guard)
        os.kill(family[0], number)
        assert guard.wait(timeout=10) == 128 + number
    assert not any(is_running(pid) for pid in family)


def test_the_program_dies_with_a_killed_guard() -> None:
    with guarded(FAMILY) as guard:
        program, *rest = members(guard)
        guard.kill()
        until(none_of([program]))
        for pid in rest:  # These are for the launcher, which adopts them, to end.
            os.kill(pid, signal.SIGKILL)


def test_an_owner_that_is_gone_before_the_start_is_noticed(tmp_path: Path) -> None:
    with guarded(FAMILY) as guard:
        stop_owning(guard)
        family = members(guard)
        guard.wait(timeout=10)
    assert not any(is_running(pid) for pid in family)
