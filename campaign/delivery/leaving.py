"""Who has left since a package was compiled: it must not be handed over with them."""

from __future__ import annotations

from sqlalchemy import Connection, text

# By range: to look into thousands of them anew for each number takes hours.
_LEFT = text(
    """
    SELECT count(*) FROM delivery d CROSS JOIN LATERAL unnest(d.numbers) AS r
        JOIN delivery_number n ON n.campaign_id = d.campaign_id
            AND n.number >= lower(r) AND n.number < upper(r)
        LEFT JOIN signature s ON s.id = n.signature_id
        LEFT JOIN paper_signature p ON p.id = n.paper_signature_id
    WHERE d.id = :id AND coalesce(s.state, p.state) NOT IN ('confirmed', 'counted')
    """
)


def left_since(connection: Connection, delivery_id: int) -> int:
    """How many of a package have withdrawn since, were excluded, erased or taken back."""
    return int(connection.execute(_LEFT, {"id": delivery_id}).scalar_one())
