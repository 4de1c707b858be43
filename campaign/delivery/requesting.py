"""Requesting a delivery. A worker compiles it; it is not sent."""

from __future__ import annotations

from sqlalchemy import text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.delivery.keeping import NotNow
from campaign.errors import Invalid, NotFound
from campaign.extensions import db

_CAMPAIGN = text("SELECT id FROM campaign WHERE slug = :slug")
_OFFICIAL = text(
    """
    SELECT o.id FROM official o JOIN campaign_official a ON a.official_id = o.id
    WHERE a.campaign_id = :campaign AND o.slug = :official
    """
)
# The lock under which numbers are given, to deliveries as to signatures.
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_WAITING = text(
    "SELECT number FROM delivery WHERE campaign_id = :campaign AND official_id = :official"
    " AND state IN ('requested', 'compiling') LIMIT 1"
)
_INSERT = text(
    """
    INSERT INTO delivery (campaign_id, official_id, number, everything, made_by)
    SELECT :campaign, :official, coalesce(max(number), 0) + 1, :everything, :made_by
    FROM delivery WHERE campaign_id = :campaign
    RETURNING number
    """
)


def request_delivery(slug: str, official: str, *, everything: bool, actor: Actor) -> int:
    """Ask for a package for an official: what they lack, or everything. Returns its number.

    Raises NotFound, Invalid when the campaign does not address them, and NotNow while they have
    one coming.
    """
    with db.engine.begin() as connection:
        campaign = connection.execute(_CAMPAIGN, {"slug": slug}).scalar_one_or_none()
        if campaign is None:
            raise NotFound
        values = {"campaign": campaign, "official": official}
        found = connection.execute(_OFFICIAL, values).scalar_one_or_none()
        if found is None:
            raise Invalid({"official": "Choose one of the officials that this campaign addresses."})
        connection.execute(_TURN, {"name": f"numbers of campaign {campaign}"})
        values = {"campaign": campaign, "official": found}
        waiting = connection.execute(_WAITING, values).scalar_one_or_none()
        if waiting is not None:
            raise NotNow(f"Delivery {waiting} to this official is being made already.")
        values |= {"everything": everything, "made_by": actor.name}
        number = int(connection.execute(_INSERT, values).scalar_one())
        details = {"official": official, "everything": everything}
        record(connection, actor, "delivery requested", f"delivery:{slug}/{number}", details)
    jobs.ring(jobs.COMPILE)
    return number
