"""Comparing what the charts are made of with the rows, and putting it right."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from campaign.signatures.aggregates import AGGREGATES, ROW_STEPS, Aggregate, change_steps


@dataclass(frozen=True)
class Drift:
    """A count that is not what the rows say.

    Of charts, both are sums over the figures of that name that differ.
    """

    campaign: str
    state: str
    counted: int
    rows: int


def compare(connection: Connection) -> list[Drift]:
    """What differs, at the moment of the question."""
    return [drift for aggregate in AGGREGATES for drift in _run(connection, aggregate)]


def repair(connection: Connection) -> list[Drift]:
    """The same, put right. Nobody may fold meanwhile."""
    return [drift for one in AGGREGATES for drift in _run(connection, one, repair=True)]


def _run(connection: Connection, aggregate: Aggregate, *, repair: bool = False) -> list[Drift]:
    rows = connection.execute(text(_statement(aggregate, repair=repair)))
    return [Drift(row.slug, row.name, int(row.held), int(row.expected)) for row in rows]


def _statement(aggregate: Aggregate, *, repair: bool) -> str:
    """What the rows say, without what still waits, beside what the table holds."""
    keys, figures = ", ".join(aggregate.keys), aggregate.figures
    missing = [f"coalesce(e.{f}, 0) - coalesce(h.{f}, 0) AS {f}" for f in figures]
    held = [f"coalesce(h.{f}, 0) AS held_{f}" for f in figures]
    fixed = aggregate.add(f"SELECT {keys}, {', '.join(figures)} FROM differing")
    return f"""
        WITH steps AS ({ROW_STEPS} UNION ALL {change_steps("signature_change", -1)}),
        differing AS MATERIALIZED (
            SELECT {keys}, {", ".join(missing)}, {", ".join(held)}
            FROM ({aggregate.query}) AS e FULL JOIN {aggregate.table} AS h USING ({keys})
            WHERE {" OR ".join(f"coalesce(e.{f}, 0) <> coalesce(h.{f}, 0)" for f in figures)}
        ){f", fixed AS ({fixed})" if repair else ""}
        SELECT c.slug, figure || ' by ' || {aggregate.name} AS name, sum(held) AS held,
            sum(held + missing) AS expected
        FROM differing JOIN campaign c ON c.id = campaign_id CROSS JOIN LATERAL
            (VALUES {", ".join(f"('{f}', held_{f}, {f})" for f in figures)})
            AS each (figure, held, missing)
        WHERE missing <> 0 GROUP BY 1, 2 ORDER BY 1, 2
    """
