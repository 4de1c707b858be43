"""Exports of a small and a large campaign: how fast, and whether memory stays where it is."""

from __future__ import annotations

from bench.export import Export, contenders
from bench.rounds import Row, in_turn, middle, ratio, table
from bench.scale import Scale
from bench.site import CAMPAIGN, OTHER_CAMPAIGN, Site

MOST_ROUNDS = 3


def measure(site: Site, scale: Scale) -> str:
    """The table of exports; the site is that of `crowd.crowded`."""
    site.command("signatures", "generate", OTHER_CAMPAIGN, scale.crowd // 10)
    rows = [_row(site, slug, scale) for slug in (OTHER_CAMPAIGN, CAMPAIGN)]
    heads = ("signatures", "COPY /s", "CSV /s", "of COPY", "XLSX /s", "CSV MB", "XLSX MB")
    note = "MB is the most memory the exporting process held, and what it held before it began."
    return table("Exports", heads, rows, note)


def _row(site: Site, slug: str, scale: Scale) -> Row:
    found = in_turn(min(MOST_ROUNDS, scale.rounds), contenders(site.env, slug))
    rates = {form: [one.rate for one in exports] for form, exports in found.items()}
    return (
        f"{found['CSV'][0].rows:,}",
        *(f"{middle(rates[form]):,.0f}" for form in ("COPY", "CSV")),
        f"{ratio(rates['CSV'], rates['COPY']):.2f}",
        f"{middle(rates['XLSX']):,.0f}",
        *(_memory(found[form]) for form in ("CSV", "XLSX")),
    )


def _memory(exports: list[Export]) -> str:
    most = max(exports, key=lambda one: one.peak_memory)
    return f"{most.peak_memory / 1e6:,.0f} ({most.base_memory / 1e6:,.0f})"
