"""The signatures of an export, as they were at its cut-off, in SQL.

What happens after the cut-off changes nothing: signatures that came later are left out by
`recorded_at`, later confirmations are undone by `confirmed_at`, later corrections by what
`signature_correction` kept from before them, and any other later change by `signature_past`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from campaign.delivery.choosing import COLUMNS

# The first change after the cut-off, in the order in which they were made, tells what was then.
_SEEN = """
WITH past AS (
    SELECT DISTINCT ON (signature_id) signature_id, state, updates, public, confirmed_at
    FROM signature_past
    WHERE until > %(cut_off)s AND signature_id > %(through)s AND signature_id <= %(upto)s
    ORDER BY signature_id, id
), corrected AS (
    SELECT DISTINCT ON (signature_id) signature_id, name, country, postcode, comment
    FROM signature_correction
    WHERE at > %(cut_off)s AND signature_id > %(through)s AND signature_id <= %(upto)s
    ORDER BY signature_id, id
), seen AS (
    SELECT s.id, coalesce(c.name, s.name) AS name, s.email, coalesce(c.country, s.country)
            AS country, coalesce(c.postcode, s.postcode) AS postcode,
        coalesce(c.comment, s.comment) AS comment, s.created_at,
        s.consent_version, s.source, s.pledge_text_id,
        coalesce(p.updates, s.updates) AS updates, coalesce(p.public, s.public) AS public,
        CASE WHEN p.signature_id IS NULL THEN s.state ELSE p.state END AS state_seen,
        CASE WHEN p.signature_id IS NULL THEN s.confirmed_at ELSE p.confirmed_at END AS seen_at
    FROM signature s LEFT JOIN past p ON p.signature_id = s.id
        LEFT JOIN corrected c ON c.signature_id = s.id
    WHERE s.campaign_id = %(campaign_id)s AND s.recorded_at <= %(cut_off)s
        AND s.state <> 'erased' AND s.anonymised_at IS NULL
        AND s.id > %(through)s AND s.id <= %(upto)s
), chosen AS (
    SELECT a.*, t.version AS text_version,
        CASE WHEN seen_at <= %(cut_off)s THEN seen_at END AS confirmed_at,
        CASE WHEN state_seen = 'confirmed' AND seen_at > %(cut_off)s THEN 'pending'
            ELSE state_seen END AS state
    FROM seen a JOIN pledge_text t ON t.id = a.pledge_text_id
)
"""
_EVERYTHING = (1 << 63) - 1

# A filter of `choosing.Filters`, when it is set, and its condition on `chosen`.
_CONDITIONS = {
    "states": "state = ANY(%(states)s::varchar[])",
    "text_version": "text_version = %(text_version)s",
    "country": "country = %(country)s",
    "since": "created_at >= %(since)s::date",
    "until": "created_at < %(until)s::date + 1",
    "updates": "updates",
}


def counting(filters: Mapping[str, Any]) -> str:
    """SQL that counts the signatures, and finds the first and the last of them."""
    return f"{_SEEN} SELECT count(*), min(id), max(id) FROM chosen WHERE {_where(filters)}"


def reading(columns: Iterable[str], filters: Mapping[str, Any]) -> str:
    """SQL of the signatures after `through` up to `upto`; `done` are in front of them."""
    cells = ", ".join(COLUMNS[name].sql for name in columns)
    return f"{_SEEN} SELECT {cells} FROM chosen WHERE {_where(filters)} ORDER BY id"


def values(row: Any, *, through: int = 0, upto: int = _EVERYTHING) -> dict[str, Any]:
    """The values in either, for a row of `export`."""
    base = {"campaign_id": row.campaign_id, "cut_off": row.cut_off, "done": 0}
    return {**base, **row.filters, "through": through, "upto": upto}


def _where(filters: Mapping[str, Any]) -> str:
    return " AND ".join(_CONDITIONS[name] for name in filters) or "true"
