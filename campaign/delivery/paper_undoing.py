"""Taking paper back: a batch as a whole, or what names one person in it.

It stands above `signatures` because it has to do with what was delivered, too.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.delivery import leaves, paper_keeping
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.signatures.changes import note_paper
from campaign.signatures.finding import campaign_of

NOTHING = "name = '', postcode = '', country = '', comment = '', email = '', email_canonical = NULL"

_MARK = text(
    """
    UPDATE paper_batch SET undone_at = now(), undone_by = :who
    WHERE id = :batch_id AND campaign_id = :campaign_id AND undone_at IS NULL RETURNING id
    """
)
_KNOWN = text("SELECT id FROM paper_batch WHERE id = :batch_id AND campaign_id = :campaign_id")
_UNDO = text(
    f"""
    WITH undone AS (
        UPDATE paper_signature SET state = 'undone'
        WHERE batch_id = :batch_id AND state = 'counted' RETURNING campaign_id
    )
    {note_paper("undone", "'paper'", "NULL")}
    """
)
# A statement of its own: it also sees who was superseded while the one before waited for it.
_EMPTY = text(f"UPDATE paper_signature SET {NOTHING} WHERE batch_id = :batch_id AND name <> ''")
_NUMBERS = text(
    "SELECT n.number FROM delivery_number n JOIN paper_signature p ON p.id = n.paper_signature_id"
    " WHERE p.batch_id = :batch_id"
)
_NUMBER = text("SELECT number FROM delivery_number WHERE paper_signature_id = :id")
# Numbers that whoever has confirmed online since took along.
_MOVED = """
    SELECT n.number FROM paper_signature p JOIN signature s USING (campaign_id, email_canonical)
    JOIN delivery_number n ON n.signature_id = s.id
    WHERE p.campaign_id = :campaign_id AND p.state = 'superseded' AND {which}
"""
_MOVED_OF_BATCH = text(_MOVED.format(which="p.batch_id = :batch_id"))
_MOVED_OF_ROW = text(_MOVED.format(which="p.id = :id"))
_ERASE = text(
    f"""
    UPDATE paper_signature p SET {NOTHING},
        state = CASE p.state WHEN 'counted' THEN 'erased' ELSE p.state END
    WHERE p.id = :id AND p.batch_id = :batch_id AND p.campaign_id = :campaign_id
        AND p.state IN ('counted', 'superseded') AND p.name <> '' RETURNING p.state
    """
)
# Who was superseded was taken out of the count then.
_TAKE_OUT = text(
    f"""
    WITH erased AS (SELECT campaign_id FROM paper_signature WHERE id = :id)
    {note_paper("erased", "'paper'", "NULL")}
    """
)
_ROW = text(
    "SELECT id FROM paper_signature"
    " WHERE id = :id AND batch_id = :batch_id AND campaign_id = :campaign_id FOR UPDATE"
)


def undo_batch(slug: str, batch_id: int, *, actor: Actor) -> int | None:
    """Take a whole batch out of the count, for good: its rows lose all that is personal.

    Who was delivered keeps the number, which no later package holds, and nothing is left that
    proves whose it is. Whoever has confirmed online stays counted there. Returns how many were
    counted until now, or None when the batch was undone before. Raises NotFound.
    """
    with db.engine.begin() as connection:
        values = {"campaign_id": campaign_of(connection, slug), "batch_id": batch_id}
        # Before any row: whoever numbers holds this lock, and waits for the rows that we hold.
        leaves.take_turn(connection, values["campaign_id"])
        if connection.execute(_MARK, {**values, "who": actor.name}).one_or_none() is None:
            if connection.execute(_KNOWN, values).one_or_none() is None:
                raise NotFound
            return None
        undone = connection.execute(_UNDO, values).rowcount
        moved = list(connection.execute(_MOVED_OF_BATCH, values).scalars())
        connection.execute(_EMPTY, values)
        delivered = list(connection.execute(_NUMBERS, values).scalars())
        _forget(connection, values["campaign_id"], delivered, moved)
        details = {"campaign": slug, "undone": undone, "delivered": len(delivered)}
        record(connection, actor, "paper undone", f"paper:{batch_id}", details)
    paper_keeping.drop_refused(batch_id)
    jobs.ring(jobs.FOLD_COUNTS)
    return undone


def erase_row(slug: str, batch_id: int, row_id: int, *, actor: Actor) -> bool:
    """Erase one person on paper: they leave the count, and are in no later package.

    Returns whether there was anything left to erase. Raises NotFound.
    """
    with db.engine.begin() as connection:
        campaign_id = campaign_of(connection, slug)
        leaves.take_turn(connection, campaign_id)
        values = {"campaign_id": campaign_id, "batch_id": batch_id, "id": row_id}
        if connection.execute(_ROW, values).one_or_none() is None:
            raise NotFound
        moved = list(connection.execute(_MOVED_OF_ROW, values).scalars())
        state = connection.execute(_ERASE, values).scalar_one_or_none()
        if state is None:
            return False
        if state == "erased":
            connection.execute(_TAKE_OUT, values)
        numbers = list(connection.execute(_NUMBER, values).scalars())
        _forget(connection, campaign_id, numbers, moved)
        details = {"campaign": slug, "row": row_id}
        record(connection, actor, "paper erased", f"paper:{batch_id}", details)
    # They may stand in it, too: nobody can tell.
    paper_keeping.drop_refused(batch_id)
    jobs.ring(jobs.FOLD_COUNTS)
    return True


def _forget(connection: Connection, campaign_id: int, own: list[int], moved: list[int]) -> None:
    leaves.forget(connection, campaign_id, own)
    # Packages that hold the signature from online go on proving that one.
    leaves.forget(connection, campaign_id, moved, on_paper=True)
