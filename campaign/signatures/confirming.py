"""Confirming: a supporter proves that the address is theirs."""

from __future__ import annotations

from dataclasses import dataclass

from campaign import jobs
from campaign.errors import LinkExpired, NotFound
from campaign.extensions import run_statement
from campaign.links import read_token
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.own import VALID_DAYS
from campaign.signatures.signing import CONFIRM_DAYS

PURPOSE = "confirm"

_ABOUT = "s.id, c.slug, c.title, c.ask FROM signature s JOIN campaign c ON c.id = s.campaign_id"
_LOOK = f"SELECT s.state, {_ABOUT} WHERE s.id = %(id)s"

# Repeating it changes nothing: the state is part of the condition, and the row lock makes
# simultaneous repeats take turns. Whoever waited for another change sees the state from before it:
# `pending` without a change of our own means that it has to be read anew. Whoever has signed on
# paper with this address is counted here instead, from the same moment on.
_CONFIRM = f"""
WITH confirmed AS (
    UPDATE signature SET state = 'confirmed', confirmed_at = now()
    WHERE id = %(id)s AND state = 'pending'
    RETURNING {NEEDED}, supersede_paper(id, campaign_id, email_canonical)
), changed AS (
    {note_change("confirmed", "'pending'", "'confirmed'")}
)
SELECT CASE WHEN EXISTS (SELECT FROM confirmed) THEN 'confirmed' ELSE s.state END AS state,
    {_ABOUT}
WHERE s.id = %(id)s
"""


@dataclass(frozen=True)
class Asked:
    """What a confirmation link is about."""

    state: str
    id: int
    slug: str
    title: str
    ask: str


def look_up(token: str) -> Asked:
    """What `token` would confirm, or has; changes nothing.

    Raises NotFound, and LinkExpired while it would confirm: once decided upon, an old link is the
    way to one's own page for as long as that is.
    """
    asked = _about(_LOOK, read_token(PURPOSE, token, valid_days=VALID_DAYS))
    if asked.state == "pending":
        read_token(PURPOSE, token, valid_days=CONFIRM_DAYS)
    return asked


def confirm(token: str) -> Asked:
    """Confirm the signature that `token` belongs to, once for all repeats.

    Returns what it was about, in its state afterwards: somebody who has withdrawn, or was
    excluded, is not confirmed again by an old link. Raises NotFound or LinkExpired.
    """
    try:
        number = read_token(PURPOSE, token, valid_days=CONFIRM_DAYS)
    except LinkExpired:
        return look_up(token)
    asked = _about(_CONFIRM, number)
    if asked.state == "pending":
        asked = _about(_LOOK, number)
    jobs.ring(jobs.FOLD_COUNTS)
    return asked


def _about(statement: str, number: int) -> Asked:
    rows = run_statement(statement, {"id": number})
    if not rows:
        raise NotFound
    return Asked(*rows[0])
