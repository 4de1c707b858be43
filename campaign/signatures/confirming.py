"""Confirming: a supporter proves that the address is theirs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from campaign import jobs
from campaign.errors import NotFound
from campaign.extensions import autocommit_engine, run_statement
from campaign.links import read_token
from campaign.signatures.signing import CONFIRM_DAYS

PURPOSE = "confirm"

_LOOK = text(
    """
    SELECT s.state, c.slug, c.title, c.ask
    FROM signature s JOIN campaign c ON c.id = s.campaign_id WHERE s.id = :id
    """
)

# Repeating it changes nothing: the state is part of the condition, and the row lock makes
# simultaneous repeats take turns.
_CONFIRM = """
WITH confirmed AS (
    UPDATE signature SET state = 'confirmed', confirmed_at = now()
    WHERE id = %(id)s AND state = 'pending'
    RETURNING campaign_id
)
INSERT INTO signature_change (campaign_id, old_state, new_state)
SELECT campaign_id, 'pending', 'confirmed' FROM confirmed
"""


@dataclass(frozen=True)
class Asked:
    """What a confirmation link is about."""

    state: str
    slug: str
    title: str
    ask: str


def look_up(token: str) -> Asked:
    """What `token` would confirm; changes nothing. Raises NotFound or LinkExpired."""
    number = read_token(PURPOSE, token, valid_days=CONFIRM_DAYS)
    with autocommit_engine().connect() as connection:
        row = connection.execute(_LOOK, {"id": number}).one_or_none()
    if row is None:
        raise NotFound
    return Asked(**row._asdict())


def confirm(token: str) -> Asked:
    """Confirm the signature that `token` belongs to, once for all repeats.

    Returns what it was about, in its state afterwards: somebody who has withdrawn, or was
    excluded, is not confirmed again by an old link. Raises NotFound or LinkExpired.
    """
    number = read_token(PURPOSE, token, valid_days=CONFIRM_DAYS)
    run_statement(_CONFIRM, {"id": number})
    jobs.ring(jobs.FOLD_COUNTS)
    return look_up(token)
