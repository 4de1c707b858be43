"""Where each campaign stands: the equation of its signatures, from counts alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from campaign.errors import NotFound
from campaign.extensions import db

_COLUMNS = "pending, confirmed, withdrawn, excluded, erased, paper"
_STANDING = f"""
    SELECT c.slug, c.title, c.state, c.goal, c.opens_at, c.closes_at,
        {", ".join(f"coalesce(n.{name}, 0) AS {name}" for name in _COLUMNS.split(", "))}
    FROM campaign c LEFT JOIN campaign_count n ON n.campaign_id = c.id
"""
_ALL = text(
    _STANDING
    + """
    ORDER BY array_position(ARRAY['open', 'paused', 'draft', 'closed', 'delivered'], c.state::text),
        c.created_at DESC, c.id DESC
    """
)
_ONE = text(_STANDING + "WHERE c.slug = :slug")


@dataclass(frozen=True)
class Standing:
    """The counts of one campaign, as the worker folded them last."""

    slug: str
    title: str
    state: str
    goal: int
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    pending: int
    confirmed: int
    withdrawn: int
    excluded: int
    erased: int
    paper: int

    @property
    def submitted(self) -> int:
        return self.pending + self.confirmed + self.withdrawn + self.excluded + self.erased

    @property
    def displayed(self) -> int:
        return self.confirmed + self.paper

    @property
    def percent(self) -> int:
        """How much of the goal is reached, rounded down."""
        return self.displayed * 100 // self.goal if self.goal else 0


def standings() -> list[Standing]:
    """Every campaign, those that take signatures first."""
    with db.engine.connect() as connection:
        return [Standing(**row) for row in connection.execute(_ALL).mappings()]


def standing(slug: str) -> Standing:
    """One campaign. Raises NotFound."""
    with db.engine.connect() as connection:
        row = connection.execute(_ONE, {"slug": slug}).mappings().one_or_none()
    if row is None:
        raise NotFound
    return Standing(**row)
