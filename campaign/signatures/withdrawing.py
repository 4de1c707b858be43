"""Withdrawing: a supporter takes their signature back."""

from __future__ import annotations

from campaign import jobs
from campaign.errors import GroundswellError, NotFound
from campaign.extensions import db
from campaign.languages import gettext as _
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.choices import RECALL
from campaign.signatures.own_words import note_said
from campaign.signatures.paper_leaving import empty_paper

# Repeating it changes nothing, and of two at once the second finds nothing to do. NO KEY: numbers
# may be given at that moment, for a minute at a million, and nobody has to wait for that. What they
# signed on paper leaves the count, too, and its number stays with their signature.
_WITHDRAW = f"""
WITH target AS (
    SELECT id AS target_id, state AS old_state FROM signature
    WHERE id = %(id)s AND state IN ('pending', 'confirmed') AND anonymised_at IS NULL
    FOR NO KEY UPDATE
), withdrawn AS (
    UPDATE signature SET state = 'withdrawn' FROM target WHERE id = target_id
    RETURNING id, consent_version, old_state, {NEEDED},
        supersede_paper(id, campaign_id, email_canonical) AS on_paper
), changed AS (
    {note_change("withdrawn", "old_state", "'withdrawn'")}
), noted AS (
    {note_said("withdrawn", "passing_on", "false", "own page")}
), recalled AS (
    {RECALL}
)
SELECT on_paper, campaign_id, email_canonical FROM withdrawn
"""
_STATE = "SELECT state FROM signature WHERE id = %(id)s"


class NothingHeld(GroundswellError):
    """Nothing says any more who signed this, so nothing is left to take back."""

    status = 409


class NotCounted(GroundswellError):
    """This signature is not counted, so there is nothing to take back."""

    status = 409


def withdraw(signature_id: int, *, language: str = "en") -> None:
    """Withdraw a pending or confirmed signature, once for all repeats.

    It is never confirmed again, not by its old link either. If paper counts of the same address,
    that leaves the count as well, and is emptied. Raises NotFound, NotCounted for one that was
    excluded or erased, and NothingHeld for one that was anonymised. `language` is that of the page.
    """
    values = {"id": signature_id, "language": language}
    with db.engine.begin() as connection:
        row = connection.exec_driver_sql(_WITHDRAW, values).one_or_none()
        if row is None:
            state = connection.exec_driver_sql(_STATE, values).scalar_one_or_none()
            if state is None:
                raise NotFound
            if state in ("pending", "confirmed"):
                raise NothingHeld(
                    _("Nothing says any more who signed this, so nothing is left to take back.")
                )
            if state != "withdrawn":
                raise NotCounted(
                    _("This signature is not counted, so there is nothing to take back.")
                )
        elif row.on_paper:
            empty_paper(connection, row.campaign_id, row.email_canonical)
    jobs.ring(jobs.FOLD_COUNTS)
