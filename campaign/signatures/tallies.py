"""Displayed counts, as last folded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from campaign.errors import NotFound
from campaign.extensions import autocommit_engine
from campaign.signatures.models_counted import SignatureHour

_DISPLAYED = text("SELECT campaign_id, confirmed + paper FROM campaign_count")
_ON_PAPER = text("SELECT paper FROM campaign_count WHERE campaign_id = :campaign_id")
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


def confirmed_lately(campaign_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """SQL for how many of a campaign's signatures were confirmed in the last seven days."""
    since = func.now() - dt.timedelta(days=7)
    return (
        select(func.coalesce(func.sum(SignatureHour.confirmed), 0))
        .where(SignatureHour.campaign_id == campaign_id, SignatureHour.hour > since)
        .scalar_subquery()
    )


def on_paper(campaign_id: int) -> int:
    """How many of a campaign's displayed count were signed on paper."""
    with autocommit_engine().connect() as connection:
        return connection.execute(_ON_PAPER, {"campaign_id": campaign_id}).scalar() or 0


def tally(slug: str) -> Tally:
    """The displayed count of one campaign. Raises NotFound."""
    with autocommit_engine().connect() as connection:
        row = connection.execute(_ONE, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFound
    return Tally(**row._asdict())
