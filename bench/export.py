"""Exports: rows a second of CSV and XLSX beside the bare COPY of the same columns."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from campaign.delivery.exporting import export_signatures
from campaign.extensions import db

BARE = """
COPY (SELECT row_number() OVER (ORDER BY confirmed_at, id), name, postcode, country,
        created_at::date, comment
    FROM signature WHERE state = 'confirmed'
        AND campaign_id = (SELECT id FROM campaign WHERE slug = %s)
    ORDER BY confirmed_at, id) TO STDOUT (FORMAT csv)
"""


@dataclass(frozen=True)
class Export:
    """One export, done in a process of its own so that its memory is its own."""

    rows: int
    seconds: float
    base_memory: int
    peak_memory: int
    """In bytes: of the process when ready to begin, and at most."""

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def contenders(env: dict[str, str], slug: str) -> dict[str, Callable[[], Export]]:
    """What `rounds.in_turn` takes: bare COPY, CSV and XLSX of one campaign's signatures.

    `env` must hold the settings; DATABASE_URL names the database.
    """

    def contender(form: str) -> Callable[[], Export]:
        return lambda: _measured(form, slug, env)

    return {"COPY": contender("bare"), "CSV": contender("csv"), "XLSX": contender("xlsx")}


def _measured(form: str, slug: str, env: dict[str, str]) -> Export:
    with tempfile.TemporaryDirectory(prefix="groundswell-bench-") as folder:
        line = [sys.executable, "-m", "bench.export", form, slug, folder]
        done = subprocess.run(line, env=env, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(f"the {form} export failed: {done.stderr.strip()}")
    rows, seconds, base, peak = done.stdout.split()
    return Export(int(rows), float(seconds), int(base), int(peak))


def bare_copy(slug: str, path: Path) -> int:
    """The least that any export does: COPY, row by row into a file."""
    rows = 0
    pooled = db.engine.raw_connection()
    connection = pooled.driver_connection
    assert isinstance(connection, psycopg.Connection)
    with path.open("wb") as file, connection.cursor().copy(BARE, [slug]) as copy:
        for row in copy:
            file.write(row)
            rows += 1
    pooled.close()
    return rows


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(form: str, slug: str, folder: str) -> None:
    """Export once; print rows, seconds, memory before and at most."""
    from campaign import create_app

    path = Path(folder) / f"signatures.{form}"
    with create_app().app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        base, began = peak(), time.perf_counter()
        if form == "bare":
            rows = bare_copy(slug, path)
        else:
            rows = export_signatures(slug, "xlsx" if form == "xlsx" else "csv", path)
        print(rows, time.perf_counter() - began, base, peak())


if __name__ == "__main__":
    main(*sys.argv[1:])
