"""Discarding: our copies of packages go some time after they were handed over.

What a package held stays on record: its numbers, hashes, root and statement. So receipts go on
proving, and the official's copy can be checked, when ours is gone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import text

from campaign.accounts.audit import SYSTEM, record
from campaign.delivery.encrypting import remove
from campaign.delivery.settling import packages
from campaign.extensions import db
from campaign.links import settings

# A package that is ready is kept however old it is: nobody else has it. With the personal data of
# its campaign goes any package.
_OVER = text(
    """
    SELECT d.id, d.file, d.number, c.slug FROM delivery d JOIN campaign c ON c.id = d.campaign_id
    WHERE starts_with(d.file, :folder)
        AND (CASE WHEN d.state IN ('sent', 'acknowledged') THEN d.sent_at
            WHEN d.state IN ('failed', 'cancelled') THEN d.requested_at
            END <= now() - make_interval(days => :days)
        OR EXISTS (SELECT FROM retention r
            WHERE r.campaign_id = d.campaign_id AND r.ended_at IS NOT NULL))
    ORDER BY d.id FOR UPDATE OF d SKIP LOCKED
    """
)
_GONE = text("UPDATE delivery SET file = NULL WHERE id = :id")


def discard_old_packages() -> int:
    """Delete packages handed over, or come to nothing, PACKAGE_DAYS days ago. Returns how many.

    Encrypted copies go along. Only what lies in our own folder; the rest is for whoever made it
    there.
    """
    days: dict[str, Any] = {"days": settings().package_days, "folder": f"{packages()}/"}
    with db.engine.begin() as connection:
        rows = connection.execute(_OVER, days).all()
        for row in rows:
            # Should this not be recorded, the next sweep finds nothing to delete and records it.
            remove(Path(row.file))
            connection.execute(_GONE, {"id": row.id})
        for row in rows:
            subject = f"delivery:{row.slug}/{row.number}"
            record(connection, SYSTEM, "package deleted", subject)
    return len(rows)
