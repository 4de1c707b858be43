"""What the pages show of deliveries: how far each is, what it holds, what became of it."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from campaign.delivery.rows import NAME, ON_PAPER, TITLE
from campaign.delivery.settling import packages
from campaign.delivery.slicing import EVERYTHING, Slice
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.links import settings

PAGE = 25

_DELIVERY = f"""
    SELECT d.id, d.number, d.everything, d.countries, d.postcodes, d.asked_cut_off, d.cut_off,
        d.made_by, d.state, d.requested_at, d.due_at, d.ready_at, d.error, d.file,
        d.step, d.done, d.total, d.row_count, d.size, d.sha256, encode(d.root, 'hex') AS root,
        lower(d.numbers) AS first, upper(d.numbers) - 1 AS last,
        {ON_PAPER} AS paper,
        d.sent_at, d.sent_by, d.sent_to, d.sent_as, d.acknowledged_at, d.acknowledged_by,
        again.number AS repeats, o.slug AS official, {NAME} AS name, {TITLE} AS title
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id JOIN official o ON o.id = d.official_id
        LEFT JOIN delivery again ON again.id = d.again_id
"""
_LIST = text(
    f"{_DELIVERY} WHERE c.slug = :slug AND d.number < :before"
    f" ORDER BY d.number DESC LIMIT {PAGE + 1}"
)
_ONE = text(f"{_DELIVERY} WHERE c.slug = :slug AND d.number = :number")
_OFFICIALS = text(
    """
    SELECT o.slug, o.name, o.title, o.body, o.area_country, o.area_postcodes FROM official o
    JOIN campaign_official a ON a.official_id = o.id JOIN campaign c ON c.id = a.campaign_id
    WHERE c.slug = :slug ORDER BY a.position, o.id
    """
)
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True)
class DeliveryShown:
    """A delivery on a page."""

    id: int
    number: int
    everything: bool
    countries: list[str]
    postcodes: list[str]
    asked_cut_off: dt.datetime | None
    cut_off: dt.datetime | None
    made_by: str
    state: str
    requested_at: dt.datetime
    due_at: dt.datetime
    ready_at: dt.datetime | None
    error: str | None
    file: str | None
    step: str
    done: int
    total: int | None
    row_count: int | None
    size: int | None
    sha256: str | None
    root: str | None
    first: int | None
    last: int | None
    paper: int
    sent_at: dt.datetime | None
    sent_by: str | None
    sent_to: str | None
    sent_as: str | None
    acknowledged_at: dt.datetime | None
    acknowledged_by: str | None
    repeats: int | None
    official: str
    name: str
    title: str

    @property
    def under_way(self) -> bool:
        return self.state in ("requested", "compiling")

    @property
    def is_finished(self) -> bool:
        return self.state in ("ready", "sent", "acknowledged")

    @property
    def kept(self) -> bool:
        """Whether its package is where pages may fetch it."""
        at_hand = self.file is not None and os.path.dirname(self.file) == str(packages())
        return at_hand and self.is_finished

    @property
    def discarded(self) -> bool:
        """Whether our copy was deleted some time after it was handed over."""
        return self.file is None and self.state in ("sent", "acknowledged")

    @property
    def reason(self) -> str:
        """Why it failed or has to wait, without our folders."""
        return (self.error or "").replace(f"{settings().data_dir}{os.sep}", "")

    @property
    def held_back(self) -> bool:
        """Whether an open transaction made the cut-off earlier than it was asked for."""
        asked = self.asked_cut_off or self.requested_at
        return bool(self.cut_off and self.cut_off < asked)

    @property
    def share(self) -> float | None:
        """How far it is, from 0 to 1; None while nobody can tell."""
        if self.state != "compiling" or not self.total:
            return None
        return round(self.done / self.total, 3)

    @property
    def says(self) -> str:
        """How far it is, in words."""
        if self.state == "requested" and self.error:
            return (
                f"It has to wait: {self.reason}. It is tried again after {self.due_at:%H:%M} UTC."
            )
        if self.state == "requested":
            return "Waiting for a worker."
        return (
            f"{self.step}." if self.share is None else f"{self.step}: {self.share:.0%} of it all."
        )


def deliveries(slug: str, *, before: int = _LARGEST) -> list[DeliveryShown]:
    """Up to a page of a campaign's deliveries and one more, the latest first."""
    with db.engine.connect() as connection:
        rows = connection.execute(_LIST, {"slug": slug, "before": before}).mappings()
        return [DeliveryShown(**row) for row in rows]


def delivery(slug: str, number: int) -> DeliveryShown:
    """One delivery of a campaign. Raises NotFound."""
    with db.engine.connect() as connection:
        rows = connection.execute(_ONE, {"slug": slug, "number": number}).mappings().all()
    if not rows:
        raise NotFound
    return DeliveryShown(**rows[0])


def officials(slug: str) -> list[Any]:
    """Whom a campaign addresses: slug, name, title, body, area_country, area_postcodes."""
    with db.engine.connect() as connection:
        return list(connection.execute(_OFFICIALS, {"slug": slug}))


def area(official: Any) -> Slice:
    """The part of the signatures that concerns one of `officials`."""
    postcodes = tuple(one.strip() for one in official.area_postcodes.split(",") if one.strip())
    countries = (official.area_country,) if official.area_country else ()
    return Slice(countries, postcodes) if countries or postcodes else EVERYTHING
