"""Requesting a delivery, once or again. A worker compiles it; it is not sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.delivery.keeping import NotNow
from campaign.delivery.records import INSERT, TURN
from campaign.delivery.slicing import Slice
from campaign.delivery.wishing import Wish
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.signatures.retaining import refuse_gone

_CAMPAIGN = text("SELECT id FROM campaign WHERE slug = :slug")
_OFFICIAL = text(
    """
    SELECT o.id FROM official o JOIN campaign_official a ON a.official_id = o.id
    WHERE a.campaign_id = :campaign AND o.slug = :official
    """
)
_WAITING = text(
    "SELECT number FROM delivery WHERE campaign_id = :campaign AND official_id = :official"
    " AND state IN ('requested', 'compiling') LIMIT 1"
)
_ENDED = text(
    """
    SELECT d.id, d.state, d.everything, d.countries, d.postcodes, d.asked_cut_off,
        o.slug AS official
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id JOIN official o ON o.id = d.official_id
    WHERE c.slug = :slug AND d.number = :number
    """
)


def request_delivery(slug: str, wish: Wish, *, actor: Actor) -> int:
    """Ask for a package for an official. Returns the number of the delivery.

    Raises NotFound, Invalid when the campaign does not address them, NotNow while they have one
    coming, and DataGone.
    """
    with db.engine.begin() as connection:
        number = _request(connection, slug, wish, actor)
    jobs.ring(jobs.COMPILE)
    return number


def request_again(slug: str, number: int, *, actor: Actor) -> int:
    """Ask for the same as a delivery that failed or was cancelled. Returns the new number.

    Raises NotFound, NotNow for one that did not, and as `request_delivery` does.
    """
    with db.engine.begin() as connection:
        row = connection.execute(_ENDED, {"slug": slug, "number": number}).one_or_none()
        if row is None:
            raise NotFound
        if row.state not in ("failed", "cancelled"):
            raise NotNow(f"Delivery {number} is {row.state}; there is nothing to repeat.")
        part = Slice(tuple(row.countries), tuple(row.postcodes))
        wish = Wish(row.official, row.everything, part, row.asked_cut_off)
        ordered = _request(connection, slug, wish, actor, again=row.id, repeats=number)
    jobs.ring(jobs.COMPILE)
    return ordered


def _request(
    connection: Connection,
    slug: str,
    wish: Wish,
    actor: Actor,
    again: int | None = None,
    **details: Any,
) -> int:
    campaign = connection.execute(_CAMPAIGN, {"slug": slug}).scalar_one_or_none()
    if campaign is None:
        raise NotFound
    refuse_gone(connection, campaign)
    whose = {"campaign": campaign, "official": wish.official}
    found = connection.execute(_OFFICIAL, whose).scalar_one_or_none()
    if found is None:
        raise Invalid({"official": "Choose one of the officials that this campaign addresses."})
    whose["official"] = found
    connection.exec_driver_sql(TURN, whose)
    if waiting := connection.execute(_WAITING, whose).scalar_one_or_none():
        raise NotNow(f"Delivery {waiting} to this official is being made already.")
    values = {**whose, "made_by": actor.name, "again": again, **wish.values}
    number: int = connection.exec_driver_sql(INSERT, values).one().number
    told = {**wish.details(), **details}
    record(connection, actor, "delivery requested", f"delivery:{slug}/{number}", told)
    return number
