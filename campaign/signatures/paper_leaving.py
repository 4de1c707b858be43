"""Of whoever leaves nothing is left on paper either: what they signed there goes with it."""

from __future__ import annotations

from sqlalchemy import Connection, text

_EMPTY = text(
    """
    UPDATE paper_signature SET state = 'erased', name = '', email = '', email_canonical = NULL,
        country = '', postcode = '', comment = ''
    WHERE campaign_id = :campaign_id AND email_canonical = :address
        AND state IN ('superseded', 'undone')
    RETURNING id, batch_id
    """
)


def empty_paper(connection: Connection, campaign_id: int, address: str) -> list[tuple[int, int]]:
    """Empty the rows on paper of a canonical address that a signature online took the place of.

    Call after `supersede_paper`, in its transaction. Returns their ids and those of their batches.
    """
    values = {"campaign_id": campaign_id, "address": address}
    return [(row.id, row.batch_id) for row in connection.execute(_EMPTY, values)]
