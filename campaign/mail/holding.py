"""Holding back: what asks a supporter to act is not sent while staff have excluded them, or once
they have left.

A mail is held by whoever is about to send it, and released by whoever puts its signature back.
Holding locks the signature's row, which everybody who changes its state locks too: so one of the
two always sees what the other has done.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

# Signatures lie above this package, so their table is known by its name alone.
_OUT = "IN ('excluded', 'withdrawn', 'erased')"
# A reminder that waited is worth nothing to whoever has confirmed meanwhile.
_ANSWERED = "m.kind = 'reminder' AND s.state = 'confirmed'"
# Whether a mail `m` is to be held, for the RETURNING of a claim. One look at the key for each:
# an EXISTS could be planned as one read of everybody who is out.
UNWANTED = f"""
    (m.kind IN ('confirm', 'already-signed', 'reminder') AND (SELECT s.state {_OUT} OR {_ANSWERED}
        FROM signature s WHERE s.id = m.signature_id))
"""
# The state is judged again under the lock: the signature may have been put back since the claim.
_HOLD = f"""
    WITH gone AS (
        SELECT m.id AS mail_id FROM outgoing_mail m JOIN signature s ON s.id = m.signature_id
        WHERE m.id = %s AND (s.state {_OUT} OR {_ANSWERED}) FOR SHARE OF s)
    UPDATE outgoing_mail SET state = 'held', leased_by = NULL, attempts = attempts - 1
    FROM gone WHERE id = mail_id
"""
_RELEASE = text(
    """
    UPDATE outgoing_mail SET state = 'queued', due_at = now()
    WHERE signature_id = ANY(:signatures) AND state = 'held'
    """
)


def hold(connection: Connection, mail_id: int) -> bool:
    """Hold a claimed mail back if its signature is still out. Returns whether it is held.

    `connection` is in autocommit.
    """
    return connection.exec_driver_sql(_HOLD, (mail_id,)).rowcount > 0


def release(connection: Connection, signatures: Sequence[int]) -> None:
    """Queue what was held of signatures that were put back, in the caller's transaction.

    It must come as a statement of its own after the one that locked and changed the signatures,
    to see what was held until then.
    """
    connection.execute(_RELEASE, {"signatures": list(signatures)})
