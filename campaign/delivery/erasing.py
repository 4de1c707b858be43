"""Erasing: a person goes, their row stays in the sum of what was submitted.

Nothing is left that says who it was, in the signature, in mails or in what proves deliveries. What
is in an official's hands is theirs; the number that it has there stays taken.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.delivery import leaves, paper_keeping
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.signatures import own_words
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.paper_leaving import empty_paper

_CAMPAIGN = text("SELECT campaign_id FROM signature WHERE id = :id")
_LOCK = text(
    "SELECT state, email_canonical, anonymised_at FROM signature WHERE id = :id FOR UPDATE"
)
# A mail that failed for good was counted where its supporter was: it is taken out there, too.
_MAILS = f"""
    WITH gone AS (
        DELETE FROM outgoing_mail WHERE signature_id {{whose}}
        RETURNING signature_id, kind = 'confirm' AND state = 'failed' AND counted AS bounced
    ), bounced AS (
        SELECT {NEEDED} FROM gone JOIN signature s ON s.id = gone.signature_id WHERE bounced
    )
    {note_change("bounced", "'bounced'", "NULL")}
"""
FORGET_MAILS = text(_MAILS.format(whose="= ANY(:ids)"))
_FORGET_LATE_MAILS = text(
    _MAILS.format(
        whose="""IN (SELECT m.signature_id FROM outgoing_mail m
            JOIN signature e ON e.id = m.signature_id WHERE e.state = 'erased')"""
    )
)
_TAKE_OUT = text(
    f"""
    WITH before AS (SELECT state, {NEEDED} FROM signature WHERE id = :id)
    {note_change("before", "state", "NULL")}
    """
)
_EMPTY = text(
    f"""
    WITH erased AS (
        UPDATE signature SET state = 'erased', name = '', email = '',
            email_canonical = 'erased:' || id, country = '', postcode = '', comment = '',
            comment_approved = NULL, updates = false, public = false, language = '', source = '',
            network_key = ''
        WHERE id = :id RETURNING {NEEDED}
    )
    {note_change("erased", "NULL", "'erased'")}
    """
)
# Who signed on paper, too, is the same person: that row leaves the count, and its number stays with
# this signature, whose salts are forgotten.
_SUPERSEDE_PAPER = text("SELECT supersede_paper(:id, :campaign, :address)")
_NUMBERS = text(
    "SELECT number FROM delivery_number"
    " WHERE signature_id = :id OR paper_signature_id = ANY(:paper)"
)


def erase(signature_id: int) -> None:
    """Erase everything personal of a signature, whatever its state. Repeating it changes nothing.

    A confirmed one leaves the displayed count; `submitted` keeps it, as erased. What was signed on
    paper with its address goes, too. Whoever signs again later is somebody new. One that was
    anonymised holds nothing any more, and stays counted. Raises NotFound.
    """
    _erase(signature_id)


def erase_unconfirmed(signature_id: int) -> bool:
    """Erase a signature that waits for its confirmation, and leave any other alone.

    Returns whether it was erased. Raises NotFound.
    """
    return _erase(signature_id, only="pending")


def _erase(signature_id: int, *, only: str | None = None) -> bool:
    with db.engine.begin() as connection:
        campaign = connection.execute(_CAMPAIGN, {"id": signature_id}).scalar_one_or_none()
        if campaign is None:
            raise NotFound
        # Before any row: whoever numbers holds this lock, and waits for the rows that we hold.
        leaves.take_turn(connection, campaign)
        row = connection.execute(_LOCK, {"id": signature_id}).one()
        if row.state == "erased" or row.anonymised_at or only not in (None, row.state):
            return False
        values: dict[str, Any] = {
            "id": signature_id,
            "campaign": campaign,
            "address": row.email_canonical,
        }
        connection.execute(_SUPERSEDE_PAPER, values)
        _empty(connection, values)
        paper = empty_paper(connection, campaign, row.email_canonical)
        values["paper"] = [id_ for id_, _ in paper]
        leaves.forget(connection, campaign, connection.execute(_NUMBERS, values).scalars().all())
    for _, batch_id in paper:
        paper_keeping.drop_refused(batch_id)
    jobs.ring(jobs.FOLD_COUNTS)
    return True


def _empty(connection: Connection, values: dict[str, Any]) -> None:
    # While the row is as it was: what is counted under its country must be taken out there.
    connection.execute(FORGET_MAILS, {"ids": [values["id"]]})
    connection.execute(_TAKE_OUT, values)
    connection.execute(_EMPTY, values)
    own_words.forget(connection, [values["id"]])


def forget_late_mails() -> None:
    """Remove mails to people who were erased while somebody was signing with their address."""
    with db.engine.begin() as connection:
        connection.execute(_FORGET_LATE_MAILS)
