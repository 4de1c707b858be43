"""The supervisor: whatever is killed comes back, and nothing of it stays behind."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from campaign.local.guard import children_of
from tests.local.conftest import free_port
from tests.local.launched import addresses, answers, family, site
from tests.local.processes import Running, is_running, none_of, program_of, running_module, until


@pytest.fixture(scope="module")
def launched(used_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A site for the tests that leave it running."""
    folder = tmp_path_factory.mktemp("a site") / "var"
    shutil.copytree(used_folder, folder)
    with site(folder, free_port()) as launched:
        yield launched


def guard_of(launched: Running, words: str) -> int:
    """The number of the guard whose program has these words in its command line."""
    return next((p for p in children_of(launched.pid) if words in program_of(p)), 0)


def program(launched: Running, words: str) -> int:
    return children_of(guard_of(launched, words))[0]


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


@pytest.mark.parametrize("victim", [guard_of, program])
def test_a_killed_database_returns_at_the_same_address_with_its_data(
    launched: Running, victim: Callable[[Running, str], int]
) -> None:
    url, _ = addresses(launched)
    guard = guard_of(launched, "/postgres")
    os.kill(victim(launched, "/postgres"), signal.SIGKILL)
    until(lambda: guard_of(launched, "/postgres") not in (0, guard))
    assert until(lambda: answers(url))


def test_a_killed_broker_returns_at_the_same_address(launched: Running) -> None:
    _, url = addresses(launched)
    pid = program(launched, "-server")
    os.kill(pid, signal.SIGKILL)
    until(none_of([pid]))

    def pongs() -> bool:
        try:
            with redis.Redis.from_url(url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    assert until(pongs)


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
