"""The clock of personal data: when that of a campaign goes, announced before, begun in time.

It goes KEEP_MONTHS months after the campaign ended or was last handed over, whichever is later, or
after as many months as the campaign says itself. What then happens is in `delivery.anonymising`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from campaign import jobs
from campaign.accounts.audit import SYSTEM, record
from campaign.accounts.mailing import tell_admins
from campaign.errors import GroundswellError
from campaign.extensions import db
from campaign.languages import local_date
from campaign.links import settings

ANNOUNCED_DAYS = 14

# Deliveries and exports lie above this package, so their tables are known by name alone.
_CLOCK = """
    SELECT c.id AS campaign_id, c.slug, c.title, e.end_at,
        e.end_at + make_interval(months => coalesce(c.keep_months, :months)) AS due_at
    FROM campaign c CROSS JOIN LATERAL (SELECT greatest(
        CASE WHEN c.state IN ('closed', 'delivered') THEN c.ended_at ELSE c.closes_at END,
        (SELECT max(d.sent_at) FROM delivery d WHERE d.campaign_id = c.id)) AS end_at) AS e
    WHERE c.state IN ('closed', 'delivered') OR (c.state <> 'draft' AND c.closes_at <= now())
"""
_SOON = f"now() + interval '{ANNOUNCED_DAYS} days'"
_ON_PAPER = """EXISTS (SELECT FROM paper_signature p WHERE p.campaign_id = {of}.campaign_id
    AND p.state = 'counted' AND p.anonymised_at IS NULL)"""
# Whether something is being made of the data of the campaign of `r`.
BEING_MADE = """(EXISTS (SELECT FROM delivery d WHERE d.campaign_id = r.campaign_id
        AND d.state IN ('requested', 'compiling'))
    OR EXISTS (SELECT FROM export e WHERE e.campaign_id = r.campaign_id
        AND e.state IN ('requested', 'running'))
    OR EXISTS (SELECT FROM exclusion_job x WHERE x.campaign_id = r.campaign_id
        AND x.state IN ('waiting', 'running')))
"""
# A campaign that was taken up again, handed over once more or is to be kept longer has more time;
# of one whose data is gone the plan is forgotten when it ends anew, or when paper was added.
_FORGET = text(
    f"""
    WITH clock AS MATERIALIZED ({_CLOCK})
    DELETE FROM retention r WHERE (r.began_at IS NULL AND NOT EXISTS (SELECT FROM clock k
            WHERE k.campaign_id = r.campaign_id AND k.due_at <= {_SOON}))
        OR (r.ended_at IS NOT NULL AND ({_ON_PAPER.format(of="r")} OR NOT EXISTS (
            SELECT FROM clock k WHERE k.campaign_id = r.campaign_id AND k.end_at <= r.began_at)))
    """
)
_POSTPONE = text(
    f"""
    UPDATE retention r SET due_at = k.due_at FROM ({_CLOCK}) AS k
    WHERE k.campaign_id = r.campaign_id AND r.began_at IS NULL AND k.due_at > r.due_at
    """
)
_ANNOUNCE = text(
    f"""
    WITH announced AS (
        INSERT INTO retention (campaign_id, due_at)
        SELECT k.campaign_id, greatest(k.due_at, {_SOON}) FROM ({_CLOCK}) AS k
        WHERE k.due_at <= {_SOON}
            AND NOT EXISTS (SELECT FROM retention r WHERE r.campaign_id = k.campaign_id)
            AND ({_ON_PAPER.format(of="k")} OR EXISTS (
                SELECT FROM signature s WHERE s.campaign_id = k.campaign_id
                    AND s.state <> 'erased' AND s.anonymised_at IS NULL))
        ON CONFLICT DO NOTHING RETURNING campaign_id, due_at
    )
    SELECT c.slug, c.title, a.due_at FROM announced a JOIN campaign c ON c.id = a.campaign_id
    ORDER BY a.due_at, c.id
    """
)
# What is being made of the data comes to its end, and is whole.
_BEGIN = text(
    f"""
    WITH begun AS (
        UPDATE retention r SET began_at = now() WHERE r.began_at IS NULL AND r.due_at <= now()
            AND r.campaign_id IN (SELECT campaign_id FROM ({_CLOCK}) AS k WHERE k.due_at <= now())
            AND NOT {BEING_MADE}
        RETURNING campaign_id
    )
    SELECT c.slug FROM campaign c WHERE c.id IN (SELECT campaign_id FROM begun) ORDER BY c.id
    """
)
_PLANS = text(
    f"""
    SELECT k.slug, k.title, coalesce(r.due_at, k.due_at) AS due_at,
        r.campaign_id IS NOT NULL AS announced, r.began_at, r.ended_at
    FROM ({_CLOCK}) AS k LEFT JOIN retention r ON r.campaign_id = k.campaign_id
    WHERE CAST(:slug AS text) IS NULL OR k.slug = :slug ORDER BY 3, k.campaign_id
    """
)
_BEGUN = text("SELECT FROM retention WHERE campaign_id = :id AND began_at IS NOT NULL")


class DataGone(GroundswellError):
    """The personal data of this campaign is gone: there is nothing left to take out or deliver."""

    status = 409


@dataclass(frozen=True)
class Plan:
    """When the personal data of a campaign goes; once it does, since when and until when it did."""

    slug: str
    title: str
    due_at: dt.datetime
    announced: bool
    began_at: dt.datetime | None
    ended_at: dt.datetime | None


def announce() -> int:
    """Tell the admins what goes in a fortnight, once, and forget plans that hold no more.

    Returns how many campaigns were announced. Safe to run anywhere, twice.
    """
    with db.engine.begin() as connection:
        connection.execute(_FORGET, _months())
        connection.execute(_POSTPONE, _months())
        found = connection.execute(_ANNOUNCE, _months()).all()
        for row in found:
            _tell(connection, row)
        for row in found:
            details = {"goes": row.due_at.isoformat()}
            record(connection, SYSTEM, "end of data announced", f"campaign:{row.slug}", details)
    if found:
        jobs.ring(jobs.SEND_MAIL)
    return len(found)


def begin() -> int:
    """Begin with the campaigns whose time has come. Returns how many. From then on nothing of
    them is taken out any more.
    """
    with db.engine.begin() as connection:
        found = connection.execute(_BEGIN, _months()).all()
        for row in found:
            record(connection, SYSTEM, "anonymising began", f"campaign:{row.slug}")
    return len(found)


def announced() -> list[Plan]:
    """What goes within a fortnight or is going now, the first to go first."""
    return [plan for plan in _plans(None) if plan.announced and plan.ended_at is None]


def plan_of(slug: str) -> Plan | None:
    """When the data of a campaign goes; none while it has not ended."""
    return next(iter(_plans(slug)), None)


def refuse_gone(connection: Connection, campaign_id: int) -> None:
    """Raises DataGone once the data of the campaign has begun to go."""
    if connection.execute(_BEGUN, {"id": campaign_id}).one_or_none() is not None:
        raise DataGone


def _plans(slug: str | None) -> list[Plan]:
    with db.engine.connect() as connection:
        found = connection.execute(_PLANS, {**_months(), "slug": slug})
        return [Plan(**row) for row in found.mappings()]


def _tell(connection: Connection, row: Row[Any]) -> None:
    day = local_date(row.due_at)
    what = (
        f"{row.title}\n\nOn {day} everything that says who signed this campaign is deleted here: "
        "names, addresses, comments, packages, exports. The count stays as it is.\n\n"
        "Hand over before what has still to be handed over. A delivery that is sent until then "
        "starts the time anew."
    )
    path = f"/staff/campaigns/{row.slug}"
    tell_admins(connection, f"Personal data goes on {day}", what, path)


def _months() -> dict[str, Any]:
    return {"months": settings().keep_months}
