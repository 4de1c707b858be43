"""Where each campaign stands: the equation of its signatures, true to the row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, text

from campaign.errors import NotFound
from campaign.extensions import db
from campaign.signatures.models_counted import COUNTED

_WAITING = ", ".join(
    f"count(*) FILTER (WHERE new_state = '{s}') - count(*) FILTER (WHERE old_state = '{s}') AS {s}"
    for s in COUNTED
)
# The counts and the changes that wait to be folded into them, read by one statement and so as of
# one moment: a change is in one or the other.
_STANDING = f"""
    SELECT c.id, c.slug, c.title, c.state, c.goal, c.created_at, c.opens_at, c.closes_at,
        {", ".join(f"coalesce(n.{s}, 0) + coalesce(w.{s}, 0) AS {s}" for s in COUNTED)}
    FROM campaign c LEFT JOIN campaign_count n ON n.campaign_id = c.id
    LEFT JOIN (SELECT campaign_id, {_WAITING} FROM signature_change GROUP BY campaign_id) AS w
        ON w.campaign_id = c.id
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
    """The counts of one campaign at one moment, and what they are measured against."""

    id: int
    slug: str
    title: str
    state: str
    goal: int
    created_at: dt.datetime
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


def standings(connection: Connection | None = None) -> list[Standing]:
    """Every campaign, those that take signatures first."""
    if connection is None:
        with db.engine.connect() as own:
            return standings(own)
    return [Standing(**row) for row in connection.execute(_ALL).mappings()]


def standing(slug: str, connection: Connection | None = None) -> Standing:
    """One campaign. Raises NotFound."""
    if connection is None:
        with db.engine.connect() as own:
            return standing(slug, own)
    row = connection.execute(_ONE, {"slug": slug}).mappings().one_or_none()
    if row is None:
        raise NotFound
    return Standing(**row)
