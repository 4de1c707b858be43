"""Cancelling a delivery that was not handed over: no package of it will be seen any more."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.delivery.keeping import NotNow
from campaign.delivery.settling import packages
from campaign.errors import NotFound
from campaign.extensions import db

_LOCKED = text(
    """
    SELECT d.id, d.state, d.file FROM delivery d JOIN campaign c ON c.id = d.campaign_id
    WHERE c.slug = :slug AND d.number = :number FOR UPDATE OF d
    """
)
_CANCELLED = text("UPDATE delivery SET state = 'cancelled', error = NULL WHERE id = :id")


def cancel_delivery(slug: str, number: int, *, actor: Actor) -> None:
    """Stop a delivery that is requested or being compiled, or discard one that is ready.

    Repeating it changes nothing. Its signatures are free for the next delivery. Whoever compiles it
    notices within a second or two; a worker removes what there is. Raises NotFound, and NotNow when
    it was sent, or has come to an end already.
    """
    with db.engine.begin() as connection:
        row = connection.execute(_LOCKED, {"slug": slug, "number": number}).one_or_none()
        if row is None:
            raise NotFound
        if row.state == "cancelled":
            return
        if row.state not in ("requested", "compiling", "ready"):
            raise NotNow(f"Delivery {number} is {row.state}; it cannot be cancelled any more.")
        if row.state == "ready" and Path(row.file).parent != packages():
            raise NotNow("This package was made on the command line, and may be with its official.")
        connection.execute(_CANCELLED, {"id": row.id})
        what = "delivery discarded" if row.state == "ready" else "delivery cancelled"
        record(connection, actor, what, f"delivery:{slug}/{number}")
    # Should its worker be gone, another removes what that has left.
    jobs.ring(jobs.COMPILE)
