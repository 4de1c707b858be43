"""Whose signatures are delivered to whom, and whose turn it is to do so."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from campaign.delivery.describing import Official
from campaign.delivery.session import Session, Subject, one, subject
from campaign.errors import NotFound

# The moment up to which everything is known: now, or what was asked for, or should a transaction
# from before it still be open, just before that one, which may yet bring a signature of an earlier
# moment. (`statement_timestamp`, because what begins while this is looked up is later than that.)
_CUT_OFF = """
SELECT least(%s::timestamptz, statement_timestamp(), (
    SELECT min(xact_start) - interval '1 microsecond' FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
        AND pid <> pg_backend_pid()))
"""
# The lock under which numbers are given, until the transaction ends: while it is held no package
# gets its leaves.
TURN = (
    "SELECT pg_advisory_xact_lock("
    "hashtextextended('numbers of campaign ' || %(campaign)s::bigint, 0))"
)


class Target(NamedTuple):
    """Whose signatures are delivered to whom."""

    campaign: Subject
    official_id: int
    official: Official


def target(pg: Session, slug: str, official_slug: str) -> Target:
    """The campaign and one of the officials that it addresses. Raises NotFound."""
    campaign = subject(pg, slug)
    if campaign is None:
        raise NotFound(f"there is no campaign {slug!r}")
    found = pg.execute(
        """
        SELECT o.id, o.slug, o.name, o.title, o.body, o.language
        FROM official o JOIN campaign_official a ON a.official_id = o.id
        WHERE a.campaign_id = %s AND o.slug = %s
        """,
        [campaign.id, official_slug],
    ).fetchone()
    if found is None:
        raise NotFound(f"the campaign {slug!r} does not address an official {official_slug!r}")
    return Target(campaign, found.id, Official(*found[1:]))


def lock_machine(pg: Session, name: str) -> bool:
    """Hold the right to compile what was requested on this machine until the session ends.

    Returns False when somebody has it.
    """
    query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
    return bool(one(pg, query, [f"deliveries compiled on {name}"])[0])


def lock_pair(pg: Session, to: Target, *, wait: bool = True) -> bool:
    """Hold the right to compile for this official until the session ends.

    The session's end frees it, so whoever holds it knows that nobody else is compiling.
    Returns False, without `wait`, when somebody is.
    """
    how = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    name = f"delivery of campaign {to.campaign.id} to official {to.official_id}"
    return one(pg, f"SELECT {how}(hashtextextended(%s, 0))", [name])[0] is not False


def lock_campaign(pg: Session, campaign_id: int) -> None:
    """Take the turn to give numbers in this campaign until the transaction ends."""
    one(pg, TURN, {"campaign": campaign_id})


def find_cut_off(pg: Session, asked: dt.datetime | None) -> dt.datetime:
    """The latest moment, up to the one that was asked for, before which nothing can still come."""
    moment: dt.datetime = one(pg, _CUT_OFF, [asked])[0]
    return moment
