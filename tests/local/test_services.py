"""The embedded database and broker, on real servers."""

import json
import os
import stat
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis
from kombu.connection import Connection
from limits.storage import storage_from_string
from sqlalchemy import create_engine, text

from campaign.local.errors import DataFolderInUseError, ServerError
from campaign.local.services import borrow, running
from campaign.local.sockets import socket_folder
from tests.local.conftest import execute
from tests.local.processes import none_of, running_module, until


def test_the_database_answers_psycopg_and_sqlalchemy(used_folder: Path) -> None:
    with running(used_folder, redis_url="redis://unused") as services:
        question = "SELECT current_database(), current_setting('fsync'), lower('ÉÄ')"
        answer = ("groundswell", "on", "éä")
        assert execute(services.database_url, question) == [answer]
        engine = create_engine(services.database_url.replace("://", "+psycopg://", 1))
        with engine.connect() as connection:
            assert tuple(connection.execute(text(question)).one()) == answer
        engine.dispose()


def test_one_broker_address_serves_redis_celery_and_the_rate_limiter(used_folder: Path) -> None:
    with running(used_folder, database_url="postgresql://unused") as services:
        with redis.Redis.from_url(services.redis_url) as client:
            assert client.ping()
        with Connection(services.redis_url) as connection:  # type: ignore[no-untyped-call]
            connection.ensure_connection(max_retries=1, timeout=5)
        assert storage_from_string(services.redis_url).check()
        stranger = redis.Redis.from_url(services.redis_url.replace("redis://:", "redis://:not"))
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_starting_again_keeps_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cut_short = tmp_path / "a relative" / "folder" / "postgres" / "unfinished"
    cut_short.mkdir(parents=True)
    (cut_short / "PG_VERSION").write_text("18")  # A first start that did not come to its end.
    with running("a relative/folder", redis_url="redis://unused") as services:
        execute(services.database_url, "CREATE TABLE kept AS SELECT 42 AS number")
    with running(tmp_path / "a relative" / "folder", redis_url="redis://unused") as services:
        assert execute(services.database_url, "SELECT number FROM kept") == [(42,)]


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    with running(tmp_path / "new" / "var", database_url="postgresql://unused"):
        assert stat.S_IMODE((tmp_path / "new" / "var").stat().st_mode) == 0o700


def test_sockets_have_a_short_path_however_deep_the_folders_are(
    used_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("deep" * 20) / ("deeper" * 20)
    deep.mkdir(parents=True)
    (deep / "var").symlink_to(used_folder)
    monkeypatch.setattr(tempfile, "tempdir", str(deep))  # As TMPDIR would.
    with running(deep / "var", redis_url="redis://unused", durable=False) as services:
        [(folder,)] = execute(services.database_url, "SHOW unix_socket_directories")
        assert len(f"{str(folder).strip(chr(34))}/.s.PGSQL.5432") < 100
        assert execute(services.database_url, "SHOW listen_addresses") == [("",)]


def test_the_folder_has_one_holder(used_folder: Path) -> None:
    with running(used_folder), pytest.raises(DataFolderInUseError) as refusal, running(used_folder):
        pass
    assert str(refusal.value) == (
        f"Groundswell is already running on {used_folder} (process {os.getpid()}). "
        "Stop it first, or choose another folder with DATA_DIR."
    )


def test_addresses_are_left_for_us_alone_and_only_while_they_are_true(used_folder: Path) -> None:
    left = used_folder / "services.json"
    with running(used_folder) as services:
        assert stat.S_IMODE(left.stat().st_mode) == 0o600
        assert json.loads(left.read_text())["database_url"] == services.database_url
    assert not left.exists()


def test_a_command_borrows_from_the_holder(used_folder: Path) -> None:
    with running(used_folder) as own, borrow(used_folder) as borrowed:
        assert borrowed.database_url == own.database_url
        assert borrowed.redis_url == own.redis_url
        assert not borrowed.processes


def test_a_command_without_a_holder_runs_the_servers_itself(used_folder: Path) -> None:
    with borrow(used_folder) as services:
        assert execute(services.database_url, "SELECT 1") == [(1,)]
    with pytest.raises(psycopg.OperationalError):
        execute(services.database_url, "SELECT 1")


def test_servers_do_not_stop_while_another_command_uses_them(
    used_folder: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with running_module(log, "tests.local.serve", "borrow", str(used_folder)) as first:
        first.wait_for("serving")
        with borrow(used_folder) as services:
            first.popen.terminate()
            first.wait_for("leaving")
            assert execute(services.database_url, "SELECT 1") == [(1,)]
        assert first.popen.wait(timeout=20) == 0


def test_addresses_that_a_killed_holder_left_are_not_believed(used_folder: Path) -> None:
    with subprocess.Popen(["true"]) as gone:
        pass
    left = {"database_url": "postgresql://stale", "redis_url": "redis://stale"}
    left["holder"] = str(gone.pid)
    (used_folder / "services.json").write_text(json.dumps(left))
    (used_folder / "lock").write_text(f"{gone.pid:<10}")
    with borrow(used_folder) as services:
        assert execute(services.database_url, "SELECT 1") == [(1,)]


def test_socket_folders_that_killed_holders_left_are_removed(used_folder: Path) -> None:
    abandoned = Path(tempfile.mkdtemp(prefix="gs-"))
    os.utime(abandoned, (0, 0))
    with running(used_folder, redis_url="redis://unused") as first:
        [(used,)] = execute(first.database_url, "SHOW unix_socket_directories")
        os.utime(str(used).strip('"'), (0, 0))
        assert not abandoned.exists()
        with socket_folder():
            assert execute(first.database_url, "SELECT 1") == [(1,)]


def test_given_addresses_are_used_and_nothing_is_run(tmp_path: Path) -> None:
    given = {"database_url": "postgresql://given", "redis_url": "redis://given"}
    for use in (running, borrow):
        with use(tmp_path / "var", **given) as services:
            assert services.database_url == "postgresql://given"
            assert services.redis_url == "redis://given"
            assert not services.processes
    assert not (tmp_path / "var").exists()


def test_a_killed_holder_leaves_no_process_and_no_loss(used_folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running_module(log, "tests.local.serve", "running", str(used_folder)) as holder:
        holder.wait_for("serving")
        servers = [int(pid) for pid in holder.said("processes")[0].split()[1:]]
        holder.end(9)
        with running(used_folder) as services:  # Waits for what is left of the killed one.
            assert none_of(servers)()
            assert execute(services.database_url, "SELECT number FROM kept") == [(42,)]
    assert until(none_of(servers))


def test_a_process_number_that_is_used_again_is_no_obstacle(used_folder: Path) -> None:
    stale = [str(os.getppid()), str(used_folder / "postgres" / "data"), "1", "5432", "", "", "0 0"]
    (used_folder / "postgres" / "data" / "postmaster.pid").write_text("\n".join(stale) + "\n")
    with running(used_folder, redis_url="redis://unused") as services:
        assert execute(services.database_url, "SELECT 1") == [(1,)]


def test_data_of_another_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServerError, match=r"was made by PostgreSQL 12, but .* is version"):
        running(tmp_path).__enter__()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(mode=0o700, parents=True)
    with pytest.raises(ServerError, match=r"PostgreSQL did not start: .* could not access"):
        running(tmp_path).__enter__()
