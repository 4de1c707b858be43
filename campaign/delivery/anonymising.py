"""Anonymising: when a campaign's time is over, its signatures stay and everybody in them goes.

A signature keeps its state, its country and its moments, so that every count stays true; nothing
is left in it, in mails, on paper or in what proves deliveries that says whose it was. What was
never confirmed is erased.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from campaign import jobs
from campaign.accounts.audit import SYSTEM, record
from campaign.delivery import discarding, keeping, leaves
from campaign.delivery.erasing import FORGET_MAILS
from campaign.delivery.paper_undoing import NOTHING
from campaign.extensions import db
from campaign.signatures import own_words
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.retaining import BEING_MADE

BATCH = 1_000

# Whoever has a campaign in hand is left alone by the others.
_NEXT = text(
    f"""
    SELECT r.campaign_id, c.slug, r.began_at, r.after_at, r.after_id, r.signatures
    FROM retention r JOIN campaign c ON c.id = r.campaign_id
    WHERE r.began_at IS NOT NULL AND r.ended_at IS NULL AND NOT {BEING_MADE}
    ORDER BY r.campaign_id LIMIT 1 FOR UPDATE OF r SKIP LOCKED
    """
)
# Asked again with the campaign's turn: a delivery that got in just before has its numbers by then.
_BUSY = text(f"SELECT FROM retention r WHERE r.campaign_id = :campaign_id AND {BEING_MADE}")
# Should it have been taken up again meanwhile: whoever signs from then on has more time.
_SIGNATURES = text(
    f"""
    SELECT s.id, s.created_at FROM signature s
    WHERE s.campaign_id = :campaign_id AND s.state <> 'erased' AND s.anonymised_at IS NULL
        AND s.created_at < :began_at AND (s.created_at, s.id) > (
            coalesce(CAST(:after_at AS timestamptz), '-infinity'), CAST(:after_id AS bigint))
    ORDER BY s.created_at, s.id LIMIT {BATCH} FOR UPDATE
    """
)
_TAKE_OUT = text(
    f"""
    WITH before AS (SELECT state, {NEEDED} FROM signature WHERE id = ANY(:ids))
    {note_change("before", "state", "NULL")}
    """
)
_EMPTY = text(
    f"""
    WITH emptied AS (
        UPDATE signature SET state = CASE state WHEN 'pending' THEN 'erased' ELSE state END,
            name = '', email = '', email_canonical = 'erased:' || id,
            country = CASE state WHEN 'pending' THEN '' ELSE country END, postcode = '',
            comment = '', comment_approved = NULL, updates = false, public = false,
            language = '', source = '', network_key = '',
            anonymised_at = CASE state WHEN 'pending' THEN NULL ELSE now() END
        WHERE id = ANY(:ids) RETURNING state, {NEEDED}
    )
    {note_change("emptied", "NULL", "state")}
    """
)
_PAPER = text(
    f"""
    SELECT id FROM paper_signature
    WHERE campaign_id = :campaign_id AND anonymised_at IS NULL AND name <> ''
    ORDER BY id LIMIT {BATCH} FOR UPDATE
    """
)
_EMPTY_PAPER = text(
    f"UPDATE paper_signature SET {NOTHING}, anonymised_at = now() WHERE id = ANY(:ids)"
)
_NUMBERS = text("SELECT number FROM delivery_number WHERE signature_id = ANY(:ids)")
_PAPER_NUMBERS = text("SELECT number FROM delivery_number WHERE paper_signature_id = ANY(:ids)")
_GOT_ON = text(
    """
    UPDATE retention SET after_at = :at, after_id = :id, signatures = signatures + :done
    WHERE campaign_id = :campaign_id
    """
)
_ENDED = text("UPDATE retention SET ended_at = now() WHERE campaign_id = :campaign_id")
# What staff searched and were alerted by may name somebody, too.
_ALERTS = text("DELETE FROM alert WHERE campaign_id = :campaign_id")
_SEARCHES = text(
    """
    UPDATE exclusion_job SET condition = condition - '{q,domain,network,source}'::text[],
        reason = ''
    WHERE campaign_id = :campaign_id AND state IN ('done', 'cancelled')
    """
)


def anonymise_due(seconds: float) -> bool:
    """Anonymise what `retaining.begin` has begun; begin no further batch after `seconds`.

    Returns whether there may be more to do. Each batch is a transaction of its own, so it may be
    interrupted, and run anywhere, twice.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not _anonymise():
            return False
    return True


def _anonymise() -> bool:
    """Empty the next rows of a campaign. Returns False when there is none left to anonymise."""
    with db.engine.begin() as connection:
        row = connection.execute(_NEXT).one_or_none()
        if row is None:
            return False
        # Before any row: whoever numbers holds this lock, and waits for the rows that we hold.
        leaves.take_turn(connection, row.campaign_id)
        if connection.execute(_BUSY, row._asdict()).one_or_none() is not None:
            return False
        ended = not _batch(connection, row)
    if ended:
        # The files hold what the rows did; should we die before, the next sweep finds them.
        discarding.discard_old_packages()
        keeping.expire()
    jobs.ring(jobs.FOLD_COUNTS)
    return True


def _batch(connection: Connection, row: Row[Any]) -> bool:
    """Returns False when there were none any more, and the campaign is done."""
    values: dict[str, Any] = row._asdict()
    if found := connection.execute(_SIGNATURES, values).all():
        _empty(connection, row.campaign_id, [one.id for one in found])
        last = {"at": found[-1].created_at, "id": found[-1].id, "done": len(found)}
        connection.execute(_GOT_ON, {**values, **last})
        return True
    if paper := connection.execute(_PAPER, values).scalars().all():
        _forget(connection, row.campaign_id, _PAPER_NUMBERS, paper)
        connection.execute(_EMPTY_PAPER, {"ids": paper})
        return True
    for statement in (_ALERTS, _SEARCHES, _ENDED):
        connection.execute(statement, values)
    details = {"signatures": row.signatures}
    record(connection, SYSTEM, "anonymising ended", f"campaign:{row.slug}", details)
    return False


def _empty(connection: Connection, campaign_id: int, ids: Sequence[int]) -> None:
    values = {"ids": ids}
    own_words.forget(connection, ids)
    _forget(connection, campaign_id, _NUMBERS, ids)
    # While the rows are as they were: what is counted under a domain must be taken out there.
    for statement in (FORGET_MAILS, _TAKE_OUT, _EMPTY):
        connection.execute(statement, values)


def _forget(connection: Connection, campaign_id: int, numbers: Any, ids: Sequence[int]) -> None:
    found = connection.execute(numbers, {"ids": ids}).scalars().all()
    leaves.forget(connection, campaign_id, found)
