"""Exports: rows a second of CSV, XLSX and PDF beside the bare COPY of the same columns."""

from __future__ import annotations

import contextlib
import datetime as dt
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import text

from campaign.commands.deliveries import deliveries
from campaign.delivery.describing import Contents, Official
from campaign.delivery.exporting import export_signatures, read_csv
from campaign.delivery.lists import write_lists
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
    child_memory: int = 0
    """The most that any process below it has held."""

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def contenders(env: dict[str, str], slug: str) -> dict[str, Callable[[], Export]]:
    """What `rounds.in_turn` takes: bare COPY, CSV and XLSX of one campaign's signatures.

    `env` must hold the settings; DATABASE_URL names the database.
    """

    def contender(form: str) -> Callable[[], Export]:
        return lambda: measured(form, slug, env)

    return {"COPY": contender("bare"), "CSV": contender("csv"), "XLSX": contender("xlsx")}


def measured(form: str, slug: str, env: dict[str, str]) -> Export:
    """One export of the form `bare`, `csv`, `xlsx`, `pdf` or `package`."""
    with tempfile.TemporaryDirectory(prefix="groundswell-bench-") as folder:
        line = [sys.executable, "-m", "bench.export", form, slug, folder]
        done = subprocess.run(line, env=env, capture_output=True, text=True, timeout=3600)
    if done.returncode:
        raise RuntimeError(f"the {form} export failed: {done.stderr.strip()}")
    rows, seconds, *memory = done.stdout.split()
    return Export(int(rows), float(seconds), *map(int, memory))


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


def typeset(slug: str, table: Path) -> int:
    """The list of signatures as PDF, of a table that is there."""
    with table.open("rb") as file:
        rows = sum(1 for _ in read_csv(file))
    now = dt.datetime.now(dt.UTC)
    contents = Contents(
        slug, slug, Official("o", "O", "", ""), 1, True, now, now, "bench", rows, 1, rows, ()
    )
    write_lists(contents, table, table.with_suffix(".pdf"))
    return rows


def compile_package(slug: str, folder: Path) -> int:
    """A whole delivery of everything, by the command."""
    query = text(
        "SELECT min(o.slug) FROM official o JOIN campaign_official a ON a.official_id = o.id"
        " JOIN campaign c ON c.id = a.campaign_id WHERE c.slug = :slug"
    )
    with db.engine.connect() as connection:
        official = str(connection.execute(query, {"slug": slug}).scalar_one())
    package = folder / "package.zip"
    words = ["compile", slug, "--official", official, "-o", str(package), "--full"]
    deliveries.main(words, standalone_mode=False)
    with db.engine.connect() as connection:
        last = "SELECT row_count FROM delivery ORDER BY id DESC LIMIT 1"
        return int(connection.exec_driver_sql(last).scalar_one())


def peak(whose: int = resource.RUSAGE_SELF) -> int:
    """The most memory that this process, or one of its children, has held, in bytes."""
    return resource.getrusage(whose).ru_maxrss * 1024


def main(form: str, slug: str, folder: str) -> None:
    """Export once; print rows, seconds, memory before, at most, and of children."""
    from campaign import create_app

    path = Path(folder) / f"signatures.{form}"
    with create_app().app_context(), contextlib.redirect_stdout(sys.stderr):
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        if form == "pdf":
            path = path.with_suffix(".csv")
            export_signatures(slug, "csv", path)
        base, began = peak(), time.perf_counter()
        if form == "bare":
            rows = bare_copy(slug, path)
        elif form == "pdf":
            rows = typeset(slug, path)
        elif form == "package":
            rows = compile_package(slug, Path(folder))
        else:
            rows = export_signatures(slug, "xlsx" if form == "xlsx" else "csv", path)
        seconds = time.perf_counter() - began
    print(rows, seconds, base, peak(), peak(resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    main(*sys.argv[1:])
