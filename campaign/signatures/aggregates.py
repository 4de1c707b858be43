"""The tables behind the charts, each defined once: as a GROUP BY over steps.

A step is one signature entering (`n` = 1) or leaving (-1) a state. Folding adds the steps of the
changes that waited; checking and rebuilding take every signature as one step into its state.
Whatever the order of the sums, both give the same table.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaign.signatures.models import STATES
from campaign.signatures.models_counted import DIMENSIONS

FIGURES = (*STATES, "bounced")
_ABOUT = "campaign_id, country, source, domain, signed_at, confirmed_at"
_SIGNATURE = """s.campaign_id, s.country, s.source, split_part(s.email_canonical, '@', 2) AS domain,
    s.created_at AS signed_at, s.confirmed_at"""

# A mail that failed for good is a step of its own kind: its supporter will never see the link.
FAILED_STEPS = f"""
    SELECT 'bounced' AS state, 1 AS n, {_SIGNATURE}
    FROM {{}} AS m JOIN signature s ON s.id = m.signature_id WHERE m.kind = 'confirm'
"""
ROW_STEPS = f"""
    SELECT state, 1 AS n, {_SIGNATURE} FROM signature s
    UNION ALL
    {FAILED_STEPS.format("(SELECT * FROM outgoing_mail WHERE state = 'failed' AND counted)")}
"""


def change_steps(rows: str, n: int = 1) -> str:
    """SQL for the steps of the changes in `rows`; with `n` = -1, for taking them back.

    Charts tell of what is signed online: who signs on paper comes into counts alone.
    """
    return f"""
        SELECT new_state AS state, {n} AS n, {_ABOUT} FROM {rows} WHERE new_state <> 'paper'
        UNION ALL
        SELECT old_state, {-n}, {_ABOUT} FROM {rows} WHERE old_state <> 'paper'
    """


@dataclass(frozen=True)
class Aggregate:
    """A derived table: its key, its figures, and the query over `steps` that gives both."""

    table: str
    name: str
    """SQL for what a person calls the figures of one row."""
    keys: tuple[str, ...]
    figures: tuple[str, ...]
    query: str

    def add(self, query: str) -> str:
        """The statement that adds what `query` gives (columns as in the table) to the table."""
        added = ", ".join(f"{f} = {self.table}.{f} + excluded.{f}" for f in self.figures)
        keys = ", ".join(self.keys)
        return f"""
            INSERT INTO {self.table} ({keys}, {", ".join(self.figures)}) {query}
            ON CONFLICT ({keys}) DO UPDATE SET {added}
        """


# Confirmed signatures lie in the hour of their confirmation, and leave it when they are taken
# back: so the hours of a campaign add up to its counts.
_HOURS = Aggregate(
    table="signature_hour",
    name="'hour'",
    keys=("campaign_id", "hour"),
    figures=("submitted", "confirmed"),
    query="""
        SELECT campaign_id, date_trunc('hour', at, 'UTC') AS hour, sum(submitted) AS submitted,
            sum(confirmed) AS confirmed
        FROM steps CROSS JOIN LATERAL (VALUES (signed_at, n, 0),
            (coalesce(confirmed_at, signed_at), 0, CASE state WHEN 'confirmed' THEN n ELSE 0 END)
        ) AS seen (at, submitted, confirmed)
        WHERE state <> 'bounced' AND (submitted <> 0 OR confirmed <> 0) GROUP BY 1, 2
    """,
)
_DAY = "(signed_at AT TIME ZONE 'UTC')::date AS day"
_VALUES = Aggregate(
    table="signature_tally",
    name="dimension",
    keys=("campaign_id", "dimension", "day", "value"),
    figures=FIGURES,
    query=f"""
        SELECT campaign_id, dimension, coalesce(day, '-infinity') AS day, value,
            {", ".join(f"coalesce(sum(n) FILTER (WHERE state = '{f}'), 0) AS {f}" for f in FIGURES)}
        FROM (SELECT campaign_id, state, n, dimension, value, {_DAY}
            FROM steps CROSS JOIN LATERAL (VALUES {", ".join(f"('{d}', {d})" for d in DIMENSIONS)}
            ) AS known (dimension, value)) AS seen
        GROUP BY GROUPING SETS ((campaign_id, dimension, value),
            (campaign_id, dimension, value, day))
    """,
)
# Minutes are kept the coarser the more there are, so that a domain has at most 57 rows for a day:
# to the minute below ten, then by five minutes, hours and days.
_MINUTES = Aggregate(
    table="signature_minutes",
    name="'minutes to confirm'",
    keys=("campaign_id", "domain", "day", "minutes"),
    figures=("confirmed",),
    query=f"""
        SELECT campaign_id, domain, coalesce(day, '-infinity') AS day, minutes, sum(n) AS confirmed
        FROM (SELECT campaign_id, domain, n, {_DAY},
                CASE WHEN m < 10 THEN m WHEN m < 60 THEN m / 5 * 5 WHEN m < 1440 THEN m / 60 * 60
                    ELSE m / 1440 * 1440 END AS minutes
            FROM steps CROSS JOIN LATERAL (SELECT greatest(0,
                floor(extract(epoch FROM confirmed_at - signed_at) / 60))::int AS m) AS took
            WHERE state = 'confirmed' AND confirmed_at IS NOT NULL) AS seen
        GROUP BY GROUPING SETS ((campaign_id, domain, minutes), (campaign_id, domain, minutes, day))
    """,
)
AGGREGATES = (_HOURS, _VALUES, _MINUTES)
