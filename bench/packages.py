"""Packages of growing campaigns: rows a second of each part, and whether memory stays flat."""

from __future__ import annotations

from bench.export import Export, measured
from bench.rounds import Row, in_turn, middle, table
from bench.scale import Scale
from bench.site import CAMPAIGN, Site

FORMS = {"COPY": "bare", "CSV": "csv", "XLSX": "xlsx", "PDF": "pdf", "whole package": "package"}
MANY = 500_000  # More than this is measured once: it takes minutes, which even out by themselves.
MOST_ROUNDS = 3


def measure(site: Site, scale: Scale) -> str:
    """The table of rates and memory for each number of signatures."""
    rows = [row for count in scale.packages for row in _rows(site, scale, count)]
    heads = ("signatures", "what", "rows/s", "s", "MB", "before", "child MB")
    note = (
        "MB is the most memory that the process held, and what it held before it began; child MB"
        " the most that one of the processes below it held, of which two run at once."
    )
    return table("Packages", heads, rows, note)


def _rows(site: Site, scale: Scale, count: int) -> list[Row]:
    one = site.on_new_database(f"packages-{count}")
    one.command("signatures", "generate", CAMPAIGN, count)
    one.sql("VACUUM ANALYZE")
    rounds = 1 if count > MANY else min(MOST_ROUNDS, scale.rounds)

    def contender(form: str) -> Export:
        return measured(form, CAMPAIGN, one.env)

    contenders = {name: lambda form=form: contender(form) for name, form in FORMS.items()}
    found = in_turn(rounds, contenders)
    return [_row(name, exports) for name, exports in found.items()]


def _row(name: str, exports: list[Export]) -> Row:
    most = max(exports, key=lambda one: one.peak_memory)
    children = max(one.child_memory for one in exports)
    return (
        f"{exports[0].rows:,}",
        name,
        f"{middle([one.rate for one in exports]):,.0f}",
        f"{middle([one.seconds for one in exports]):,.1f}",
        f"{most.peak_memory / 1e6:,.0f}",
        f"{most.base_memory / 1e6:,.0f}",
        f"{children / 1e6:,.0f}" if children else "",
    )
