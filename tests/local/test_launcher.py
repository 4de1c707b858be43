"""The launcher: how a small site with real servers starts, stops, and is refused."""

import os
import signal
import socket
from pathlib import Path

import pytest

from campaign.local.errors import PortInUseError
from campaign.local.launcher import check_port
from tests.local.launched import addresses, answers, family, site
from tests.local.processes import (
    descendants,
    is_running,
    none_of,
    program_of,
    running_module,
    until,
)


def test_everything_starts_in_order_with_one_log(used_folder: Path, port: int) -> None:
    with site(used_folder, port) as launched:
        family(launched, "web")
        family(launched, "worker")
        first = [line.split()[0] for line in launched.log.read_text().splitlines()]
        assert first[0] == "prepare"
        assert sorted(first[1:]) == ["ready", "web", "worker"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_everything_cleanly(used_folder: Path, port: int, number: signal.Signals) -> None:
    with site(used_folder, port) as launched:
        below = descendants(launched.pid)
        assert launched.end(number) == 0
        assert not any(is_running(pid) for pid in below)
        assert "Traceback" not in launched.log.read_text()
    log = (used_folder / "postgres" / "server.log").read_text().splitlines()
    assert log[-1].endswith("database system is shut down")


def test_a_killed_launcher_leaves_no_process_and_can_be_started_again(
    used_folder: Path, port: int
) -> None:
    with site(used_folder, port) as launched:
        families = {*family(launched, "web"), *family(launched, "worker")}
        below = descendants(launched.pid)
        assert families < set(below)
        launched.end(signal.SIGKILL)
        with site(used_folder, port) as again:  # At once: it waits for what is left of the first.
            assert not any(is_running(pid) for pid in below)
            assert answers(addresses(again)[0])


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
