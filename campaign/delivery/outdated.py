"""Packages that hold people who have left since: kept from leaving, unless an admin decides so.

Whoever withdrew or was excluded may go along all the same, which is recorded: in a busy campaign
somebody always leaves while a package is being made. Whoever was erased never does.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from campaign.accounts.audit import SYSTEM, record
from campaign.delivery.keeping import NotNow
from campaign.delivery.leaving import left_since
from campaign.extensions import db
from campaign.languages import gettext as _

# Few, so they are looked up one by one. A row on paper that was undone is emptied, too.
_ERASED = text(
    """
    WITH erased AS (
        SELECT n.number FROM delivery d
            JOIN signature s ON s.campaign_id = d.campaign_id AND s.state = 'erased'
            JOIN delivery_number n ON n.signature_id = s.id
        WHERE d.id = :id
        UNION
        SELECT n.number FROM delivery d
            JOIN paper_signature p ON p.campaign_id = d.campaign_id
                AND (p.state = 'erased' OR p.name = '')
            JOIN delivery_number n ON n.paper_signature_id = p.id
        WHERE d.id = :id
    )
    SELECT count(*) FROM erased JOIN delivery d ON d.id = :id AND erased.number <@ d.numbers
    """
)
# A mail that an admin sent all the same says with how many.
_DECIDED = text(
    """
    SELECT EXISTS (SELECT FROM delivery d JOIN office_link l ON l.official_id = d.official_id
        JOIN outgoing_mail m ON m.office_link_id = l.id
        WHERE d.id = :id AND m.shared ->> 'delivery_id' = d.id::text
            AND m.shared ->> 'left' IS NOT NULL)
    """
)
_WAITING = text(
    """
    SELECT m.id, m.shared ->> 'left' IS NOT NULL AS decided, d.id AS delivery, d.number, c.slug
    FROM outgoing_mail m JOIN delivery d ON d.id = CAST(m.shared ->> 'delivery_id' AS bigint)
    JOIN campaign c ON c.id = d.campaign_id
    WHERE m.office_link_id IS NOT NULL AND m.kind = 'delivery' AND m.state = 'queued'
        AND m.due_at <= now()
    ORDER BY m.id
    """
)
_STOPPED = text(
    """
    UPDATE outgoing_mail SET state = 'failed', error = :reason
    WHERE id = :id AND state = 'queued'
    """
)


class Gone(NamedTuple):
    """How many of a package have left since it was compiled, and how many of these were erased."""

    left: int
    erased: int

    def stops(self, decided: bool) -> bool:
        """Whether the package must stay; `decided` is that an admin sent it all the same."""
        return self.erased > 0 if decided else self.left > 0


def gone_since(connection: Connection, delivery_id: int) -> Gone:
    """Who of a package has left since it was compiled, counted."""
    left = left_since(connection, delivery_id)
    erased = connection.execute(_ERASED, {"id": delivery_id}).scalar_one() if left else 0
    return Gone(left, erased)


def refuse_outdated(connection: Connection, row: Any, accepted: int | None) -> int:
    """How many have left a delivery (`row`) that may be sent: none, or `accepted`, if none of
    these was erased. Raises NotNow for any other.
    """
    gone = gone_since(connection, row.id)
    if not gone.stops(decided=gone.left == accepted):
        return gone.left
    how = "Discard it, and request the same again" if row.state == "ready" else "Request another"
    erased = f" {gone.erased:,} of them were erased: it must be made anew." if gone.erased else ""
    raise NotNow(
        f"{gone.left:,} of its signatures were taken back since this package was compiled."
        f"{erased} {how}, without them."
    )


def refuse_to_office(connection: Connection, delivery_id: int, *, acknowledged: bool) -> None:
    """Raises NotNow when an office may not fetch a delivery, or may not fetch it again.

    What it has acknowledged it may lack all the same: a mail with a link carries no package. So
    that lets those pass who withdrew or were excluded, and nobody who was erased.
    """
    decided = acknowledged or connection.execute(_DECIDED, {"id": delivery_id}).scalar_one()
    if gone_since(connection, delivery_id).stops(decided):
        raise NotNow(
            _(
                "People have taken their signatures back since this package was made, so it is not"
                " handed out any more. The organisers can send you a new one."
            )
        )


def stop_outdated_mails() -> int:
    """Give up mails that are due and carry a package that must stay. Returns how many.

    Safe to run anywhere, twice; it is for whoever is about to send mail.
    """
    stopped = 0
    with db.engine.begin() as connection:
        for row in connection.execute(_WAITING).all():
            gone = gone_since(connection, row.delivery)
            if gone.stops(row.decided):
                reason = f"not sent: {gone.left:,} of its signatures were taken back before it left"
                done = connection.execute(_STOPPED, {"id": row.id, "reason": reason}).rowcount
                if done:
                    subject = f"delivery:{row.slug}/{row.number}"
                    details = {"left": gone.left, "erased": gone.erased}
                    record(connection, SYSTEM, "delivery mail stopped", subject, details)
                stopped += done
    return stopped
