"""Exports by a worker, of a small and a large campaign: how long, and how much memory at most.

Beside the time without a break stands that of an export whose worker is killed half way, made to
its end by another one: what a kill costs is one part.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from sqlalchemy import text

from bench.export import peak
from bench.rounds import Row, table
from bench.scale import Scale
from bench.site import CAMPAIGN, OTHER_CAMPAIGN, Site
from campaign.accounts.audit import Actor
from campaign.delivery import leasing, making
from campaign.delivery.choosing import COLUMNS, read_wish
from campaign.delivery.ordering import order_export
from campaign.extensions import db

_DUE = text("UPDATE export SET due_at = now() WHERE state = 'requested'")
_READY = text("SELECT done FROM export WHERE state = 'ready' ORDER BY id DESC LIMIT 1")


@dataclass(frozen=True)
class Made:
    """An export of all columns; memory in bytes, of the last worker: when ready, and at most."""

    rows: int
    seconds: float
    base_memory: int
    peak_memory: int


def measure(site: Site, scale: Scale) -> str:
    """The table; the site has signatures under both campaigns, as `exports.measure` leaves it."""
    rows = [_row(site, slug) for slug in (OTHER_CAMPAIGN, CAMPAIGN)]
    heads = ("signatures", "CSV s", "CSV s, killed half way", "XLSX s", "CSV MB", "XLSX MB")
    note = "All 15 columns. MB is the most memory the worker held, and what it held at first."
    return table("Exports in the workspace", heads, rows, note)


def _row(site: Site, slug: str) -> Row:
    csv, killed, xlsx = (made(site.env, slug, *how) for how in (("csv",), ("csv", "k"), ("xlsx",)))
    return (
        f"{csv.rows:,}",
        *(f"{one.seconds:.1f}" for one in (csv, killed, xlsx)),
        *(f"{one.peak_memory / 1e6:,.0f} ({one.base_memory / 1e6:,.0f})" for one in (csv, xlsx)),
    )


def made(env: dict[str, str], slug: str, form: str, killed: str = "") -> Made:
    """Order and make an export, by processes of their own. `env` must hold the settings."""
    began = time.perf_counter()
    seconds = 0.0
    if killed:
        half = _run(env, "order", slug, form, "half")
        if half.returncode != -signal.SIGKILL:
            raise RuntimeError(f"the worker was not killed: {half.stderr}")
        seconds = time.perf_counter() - began
    done = _run(env, "make" if killed else "order", slug, form, "all")
    if done.returncode:
        raise RuntimeError(f"the {form} export failed: {done.stderr}")
    rows, took, base, most = done.stdout.split()
    return Made(int(rows), seconds + float(took), int(base), int(most))


def _run(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "bench.exporting_jobs", *words]
    return subprocess.run(line, env=env, capture_output=True, text=True, timeout=600)


def main(what: str, slug: str, form: str, how_much: str) -> None:
    """Order an export if told so, and make it; print rows, seconds, memory before and at most."""
    from campaign import create_app

    if how_much == "half":
        _die_half_way()
    with create_app().app_context():
        if what == "order":
            fields = {"purpose": "Measuring", "format": form}
            order_export(slug, read_wish(fields, tuple(COLUMNS), ("confirmed",)), actor=Actor("me"))
        with db.engine.begin() as connection:
            connection.execute(_DUE)
        base, began = peak(), time.perf_counter()
        while making.make_due(600):
            pass
        seconds = time.perf_counter() - began
        with db.engine.connect() as connection:
            print(connection.execute(_READY).scalar_one(), seconds, base, peak())


def _die_half_way() -> None:
    original = leasing.got_on

    def got_on(pg: object, row: object, done: int, through: int, written: int) -> object:
        found = original(pg, row, done, through, written)  # type: ignore[arg-type]
        if found.done * 2 >= found.total:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    leasing.got_on = got_on  # type: ignore[assignment]


if __name__ == "__main__":
    main(*sys.argv[1:])
