"""The launcher: a small site with real servers, whose processes are killed in every way."""

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from campaign.local.errors import PortInUseError
from campaign.local.launcher import check_port
from tests.local.conftest import execute, free_port
from tests.local.processes import (
    Running,
    descendants,
    is_running,
    none_of,
    program_of,
    running_module,
    until,
)

NOTHING: Mapping[str, str] = {}


@contextmanager
def site(data_dir: Path, port: int, env: Mapping[str, str] = NOTHING) -> Iterator[Running]:
    """The small site, ready."""
    log = data_dir.parent / "log"
    with running_module(log, "tests.local.site", str(data_dir), str(port), env=env) as launched:
        launched.wait_for("ready")
        yield launched


@pytest.fixture(scope="module")
def launched(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A site for the tests that leave it running."""
    folder = tmp_path_factory.mktemp("a site") / "var"
    shutil.copytree(data_dir, folder)
    with site(folder, free_port()) as launched:
        yield launched


def addresses(launched: Running) -> list[str]:
    return launched.said("prepare")[0].split()[1:]


def family(launched: Running, name: str) -> list[int]:
    """The numbers of the child's latest family: itself and the two it has forked."""

    def look() -> list[str]:
        return [line for line in launched.said("| family ") if line.startswith(name)]

    return [int(word) for word in until(look)[-1].split()[3:]]


def guard_of(launched: Running, program: str) -> int:
    below = descendants(launched.pid)
    return next(p for p in below if "guard.py" in program_of(p) and program in program_of(p))


def server(launched: Running, program: str) -> int:
    below = descendants(launched.pid)
    return next(p for p in below if program_of(p).split(" ")[0].endswith(program))


def answers(url: str) -> bool:
    """Does the database answer, with the data it had?"""
    try:
        return execute(url, "SELECT number FROM kept") == [(42,)]
    except psycopg.OperationalError:
        return False


def test_everything_starts_in_order_with_one_log(data_dir: Path, port: int) -> None:
    with site(data_dir, port) as launched:
        family(launched, "web")
        family(launched, "worker")
        first = [line.split()[0] for line in launched.log.read_text().splitlines()]
        assert first[0] == "prepare"
        assert sorted(first[1:]) == ["ready", "web", "worker"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_everything_cleanly(data_dir: Path, port: int, number: signal.Signals) -> None:
    with site(data_dir, port) as launched:
        below = descendants(launched.pid)
        assert launched.end(number) == 0
        assert not any(is_running(pid) for pid in below)
        assert "Traceback" not in launched.log.read_text()
    log = (data_dir / "postgres" / "server.log").read_text().splitlines()
    assert log[-1].endswith("database system is shut down")


def test_a_killed_launcher_leaves_no_process_and_can_be_started_again(
    data_dir: Path, port: int
) -> None:
    with site(data_dir, port) as launched:
        below = descendants(launched.pid)
        assert {*family(launched, "web"), *family(launched, "worker")} < set(below)
        launched.end(signal.SIGKILL)
        with site(data_dir, port) as again:  # At once: it waits for what is left of the first.
            assert not any(is_running(pid) for pid in below)
            assert answers(addresses(again)[0])


def test_a_second_launch_on_the_same_folder_is_refused(launched: Running, port: int) -> None:
    folder = launched.log.parent / "var"
    log = launched.log.with_name("second")
    with running_module(log, "tests.local.site", str(folder), str(port)) as second:
        assert second.popen.wait(timeout=20) == 1
    assert second.log.read_text() == (
        f"Error: Groundswell is already running on {folder} (process {launched.pid}). "
        "Stop it first, or choose another folder with DATA_DIR.\n"
    )
    assert until(lambda: answers(addresses(launched)[0]))


def test_a_port_in_use_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        arguments = ("tests.local.site", str(tmp_path / "var"), str(number))
        with running_module(tmp_path / "log", *arguments) as launched:
            assert launched.popen.wait(timeout=20) == 1
    assert launched.log.read_text() == (
        f"Error: Port {number} on 127.0.0.1 is already in use. Stop what is using it, "
        "or choose another port with PORT.\n"
    )
    assert not (tmp_path / "var" / "postgres").exists()


def test_a_free_port_is_free_and_an_impossible_address_is_said_so(port: int) -> None:
    check_port("127.0.0.1", port)
    with pytest.raises(PortInUseError, match=r"Cannot listen on 192\.0\.2\.1 port 80"):
        check_port("192.0.2.1", 80)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_child_that_dies_is_started_again(launched: Running, name: str) -> None:
    first = family(launched, name)
    os.kill(first[0], signal.SIGKILL)
    launched.wait_for("ended (status 137), starts again in 0.5 s")
    second = until(lambda: [p for p in family(launched, name) if p not in first])
    assert not any(is_running(pid) for pid in first)
    assert all(is_running(pid) for pid in second)


def test_a_killed_guard_leaves_no_stray_and_its_child_is_started_again(launched: Running) -> None:
    first = family(launched, "web")
    os.kill(guard_of(launched, "--port"), signal.SIGKILL)
    until(lambda: [p for p in family(launched, "web") if p not in first])
    until(none_of(first))


@pytest.mark.parametrize("victim", [guard_of, server])
def test_a_killed_database_returns_at_the_same_address_with_its_data(
    launched: Running, victim: Callable[[Running, str], int]
) -> None:
    url, _ = addresses(launched)
    pid = victim(launched, "/postgres")
    os.kill(pid, signal.SIGKILL)
    until(none_of([pid]))
    assert until(lambda: answers(url))


def test_a_killed_broker_returns_at_the_same_address(launched: Running) -> None:
    _, url = addresses(launched)
    pid = server(launched, "-server")
    os.kill(pid, signal.SIGKILL)
    until(none_of([pid]))

    def pongs() -> bool:
        try:
            with redis.Redis.from_url(url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    assert until(pongs)


def test_with_both_addresses_given_only_the_children_run(tmp_path: Path, port: int) -> None:
    given = {"DATABASE_URL": "postgresql://given", "REDIS_URL": "redis://given"}
    with site(tmp_path / "var", port, given) as launched:
        assert addresses(launched) == ["postgresql://given", "redis://given"]
        first = family(launched, "worker")
        os.kill(first[0], signal.SIGKILL)
        until(lambda: [p for p in family(launched, "worker") if p not in first])
        programs = [program_of(pid) for pid in descendants(launched.pid)]
        assert not [
            program for program in programs if "postgres" in program or "-server" in program
        ]
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("level", ["1", ""])
def test_it_ends_with_make_but_outlives_another_parent(
    tmp_path: Path, port: int, level: str
) -> None:
    env = {"DATABASE_URL": "postgresql://given", "REDIS_URL": "redis://given"}
    env |= {"MAKELEVEL": level} if level else {}
    shell = ("sh", "-c", '"$@" & wait', "sh")
    arguments = ("tests.local.site", str(tmp_path), str(port))
    with running_module(tmp_path / "log", *arguments, prefix=shell, env=env) as parent:
        parent.wait_for("ready")
        below = descendants(parent.pid)
        launcher = below[0]
        assert "tests.local.site" in program_of(launcher)
        parent.end(signal.SIGKILL)
        if not level:
            assert is_running(launcher)
            os.kill(launcher, signal.SIGTERM)
        until(none_of(below))
