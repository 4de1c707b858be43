"""Displayed counts, as last folded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from campaign.errors import NotFound
from campaign.extensions import autocommit_engine

_DISPLAYED = text("SELECT campaign_id, confirmed + paper FROM campaign_count")
_ONE = text(
    """
    SELECT c.slug AS campaign, coalesce(n.confirmed + n.paper, 0) AS count, c.goal, now() AS as_of
    FROM campaign c LEFT JOIN campaign_count n ON n.campaign_id = c.id
    WHERE c.slug = :slug AND c.state <> 'draft'
    """
)


@dataclass(frozen=True)
class Tally:
    """One campaign's displayed count: confirmed signatures and paper ones."""

    campaign: str
    count: int
    goal: int
    as_of: dt.datetime


def displayed_counts() -> dict[int, int]:
    """The displayed count of every campaign that has one, by the campaign's id."""
    with autocommit_engine().connect() as connection:
        return {row[0]: row[1] for row in connection.execute(_DISPLAYED)}


def tally(slug: str) -> Tally:
    """The displayed count of one campaign. Raises NotFound."""
    with autocommit_engine().connect() as connection:
        row = connection.execute(_ONE, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFound
    return Tally(**row._asdict())
