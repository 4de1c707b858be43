"""Excluding: staff take a signature out of the count and out of deliveries, or put it back."""

from __future__ import annotations

import unicodedata

from sqlalchemy import TextClause, text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.mail.holding import release
from campaign.signatures.changes import NEEDED, note_change

LONGEST_REASON = 500

# What may be excluded; who has withdrawn or was erased is out already, by their own wish.
EXCLUDABLE = "('pending', 'confirmed')"

_EXCLUDE = text(
    f"""
    WITH target AS (
        SELECT id AS target_id, state AS old_state FROM signature
        WHERE id = :id AND campaign_id = (SELECT id FROM campaign WHERE slug = :slug)
            AND state IN {EXCLUDABLE} AND anonymised_at IS NULL
    ), excluded AS (
        UPDATE signature SET state = 'excluded' FROM target WHERE id = target_id
        RETURNING id, old_state, {NEEDED}
    ), changed AS (
        {note_change("excluded", "old_state", "'excluded'")}
    )
    INSERT INTO signature_decision (signature_id, old_state, new_state, reason, actor)
    SELECT id, old_state, 'excluded', :reason, :actor FROM excluded RETURNING old_state
    """
)
# Back to the state that it was excluded from.
_RESTORE = text(
    f"""
    WITH target AS (
        SELECT s.id AS target_id, coalesce(
            (SELECT d.old_state FROM signature_decision d
             WHERE d.signature_id = s.id AND d.new_state = 'excluded' ORDER BY d.id DESC LIMIT 1),
            CASE WHEN s.confirmed_at IS NULL THEN 'pending' ELSE 'confirmed' END) AS new_state
        FROM signature s
        WHERE s.id = :id AND s.campaign_id = (SELECT id FROM campaign WHERE slug = :slug)
            AND s.state = 'excluded' AND s.anonymised_at IS NULL
    ), restored AS (
        UPDATE signature SET state = new_state FROM target WHERE id = target_id
        RETURNING id, new_state, {NEEDED}
    ), changed AS (
        {note_change("restored", "'excluded'", "new_state")}
    )
    INSERT INTO signature_decision (signature_id, old_state, new_state, reason, actor)
    SELECT id, 'excluded', new_state, :reason, :actor FROM restored RETURNING new_state
    """
)
# Locked in a statement of its own: the one that follows sees every decision that came before.
# NO KEY, as no key changes: whoever is giving numbers holds the keys for as long as that takes.
_LOCK = text(
    "SELECT CASE WHEN s.anonymised_at IS NULL THEN s.state ELSE 'anonymised' END"
    " FROM signature s JOIN campaign c ON c.id = s.campaign_id"
    " WHERE s.id = :id AND c.slug = :slug FOR NO KEY UPDATE OF s"
)


def exclude(slug: str, signature_id: int, reason: str, *, actor: Actor) -> bool:
    """Exclude one signature. Returns whether that changed anything: repeating it does not.

    Raises Invalid without a reason, and for a signature that was withdrawn or erased; NotFound.
    """
    return _decide(_EXCLUDE, "excluded", slug, signature_id, reason, actor)


def restore(slug: str, signature_id: int, reason: str, *, actor: Actor) -> bool:
    """Put an excluded signature back into the state it had. Returns whether it was excluded.

    Raises Invalid without a reason, NotFound.
    """
    return _decide(_RESTORE, "restored", slug, signature_id, reason, actor)


def clean_reason(reason: str) -> str:
    """The reason as it is kept. Raises Invalid."""
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid({"reason": "Say why, for whoever looks at this later."})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": f"Use at most {LONGEST_REASON} characters."})
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in reason):
        raise Invalid({"reason": "Remove the invisible or control characters."})
    return reason


def _decide(
    statement: TextClause, done: str, slug: str, signature_id: int, reason: str, actor: Actor
) -> bool:
    values = {"slug": slug, "id": signature_id}
    given = {**values, "reason": clean_reason(reason), "actor": actor.name}
    with db.engine.begin() as connection:
        state = connection.execute(_LOCK, values).scalar_one_or_none()
        other = connection.execute(statement, given).scalar_one_or_none()
        if other is None:
            _explain(state, done)
            return False
        if done == "restored":
            release(connection, [signature_id])
        way = {"from": other} if done == "excluded" else {"to": other}
        record(connection, actor, f"signature {done}", f"signature:{signature_id}", way)
    jobs.ring(jobs.FOLD_COUNTS)
    return True


def _explain(state: str | None, done: str) -> None:
    """Nothing was changed: fine when it is as wished already, otherwise say why not."""
    if state is None:
        raise NotFound
    if state == "anonymised":
        raise Invalid({"reason": "The personal data of this campaign is gone: it stays as it is."})
    if done == "excluded" and state != "excluded":
        raise Invalid({"reason": f"This signature is {state}; only others can be excluded."})
