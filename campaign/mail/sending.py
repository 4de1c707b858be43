"""Sending: claim what is due, hand it over, record each outcome as it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Row, text

from campaign.extensions import autocommit_engine
from campaign.links import settings
from campaign.mail.attaching import Attachment, NotComposed
from campaign.mail.composing import compose, message_id
from campaign.mail.holding import UNWANTED, hold
from campaign.mail.transport import (
    PermanentFailure,
    TemporaryFailure,
    Transport,
    Unreachable,
    transport,
)

BATCH = 200
BULK_BATCH = 10  # Whoever waits for a mail waits for so many mails of a mailing at most.
KEEP_EVERY = 10  # A crash of the database repeats fewer mails than this for each worker.
REVOKED = "not sent: the link of the office was revoked before"
MAX_ATTEMPTS = 16  # With the pauses below, about five days (RFC 5321, 4.5.4.1).

log = structlog.get_logger()

# A lease ends when the session that took it is gone (its worker died) or, should the session
# hang, after ten minutes. Times are the database's, never a machine's.
_TAKE = f"""
    UPDATE outgoing_mail m SET state = 'sending', attempts = attempts + 1,
        due_at = now() + interval '10 minutes', leased_by = pg_backend_pid()
    WHERE id IN (
        SELECT id FROM outgoing_mail
        WHERE ((state = 'queued' AND due_at <= now())
            OR (state = 'sending' AND (due_at <= now()
                OR leased_by NOT IN (SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL))))
            AND {{which}}
        ORDER BY due_at, id LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, recipient, language, shared, signature_id, office_link_id, number,
        attachment, attachment_name, attempts, {UNWANTED} AS unwanted,
        (SELECT l.revoked_at FROM office_link l WHERE l.id = m.office_link_id) AS revoked_at
"""
# Whoever waits for a mail comes before what is sent to many: that only gets the places left over.
_CLAIM = text(_TAKE.format(which="mailing_id IS NULL"))
_CLAIM_BULK = text(_TAKE.format(which="mailing_id IS NOT NULL"))
# What a mailing says would otherwise be kept once for each of a million people.
_SENT = """
    UPDATE outgoing_mail SET state = 'sent', sent_at = now(), leased_by = NULL, error = NULL,
        shared = CASE WHEN mailing_id IS NULL THEN shared ELSE '{}' END
    WHERE id = %s
"""
# The same without waiting for the disk, which takes longer than the mail itself. Everybody sees
# it at once and a worker's death leaves it; should the database crash, what it holds after the
# last outcome that did wait is sent again.
_SENT_SOON_KEPT = _SENT + " RETURNING set_config('synchronous_commit', 'off', true)"
# Mails that were claimed but not tried: their attempt does not count.
_PUT_BACK = """
    UPDATE outgoing_mail SET state = 'queued', leased_by = NULL, attempts = attempts - 1,
        due_at = now() + interval '30 seconds'
    WHERE id = ANY(%s)
"""
_FAILED = "UPDATE outgoing_mail SET state = 'failed', leased_by = NULL, error = %s WHERE id = %s"
# The pause doubles from half a minute to a day, spread by a fifth so that a crowd thins out.
_LATER = """
    UPDATE outgoing_mail SET state = 'queued', leased_by = NULL, error = %s,
        due_at = now() + least(interval '1 day', interval '30 seconds' * power(2, attempts - 1))
            * (0.9 + random() * 0.2)
    WHERE id = %s
"""


# Whoever has withdrawn since, or wants no more updates, is spared. (Signatures lie above this
# package, so their table is known by its name alone.)
_SPARE = text(
    """
    DELETE FROM outgoing_mail m USING signature s
    WHERE m.mailing_id IS NOT NULL AND m.state = 'queued' AND s.id = m.signature_id
        AND NOT (s.state = 'confirmed' AND s.updates)
    """
)


@dataclass
class Tally:
    """What became of a batch of `claimed` mails; `later` counts those that were not tried, too,
    and `held` those whose signature is out. `bulk` of them belong to a mailing to supporters.
    """

    claimed: int = 0
    bulk: int = 0
    sent: int = 0
    later: int = 0
    failed: int = 0
    held: int = 0
    unreachable: bool = False


def send_due(batch: int = BATCH) -> Tally:
    """Send up to `batch` mails that are due, over one connection. Safe to run anywhere, twice."""
    tally = Tally()
    # One session from claim to last outcome: the leases hang on it.
    with autocommit_engine().connect() as connection:
        try:
            if rows := _claim(connection, batch, tally):
                with transport(settings()) as out:
                    while rows:
                        _send_all(connection, out, rows, tally)
                        room = 0 if tally.unreachable else batch - tally.claimed
                        rows = _claim(connection, room, tally) if room else []
        except BaseException:
            # Kept for the next task, the session would keep its leases for ten minutes.
            connection.invalidate()
            raise
    return tally


def _claim(connection: Connection, room: int, tally: Tally) -> Sequence[Row[Any]]:
    """Up to `room` mails that are due; of a mailing only when nobody waits for another, and few."""
    rows = connection.execute(_CLAIM, {"batch": room}).all()
    if not rows:
        connection.execute(_SPARE)
        rows = connection.execute(_CLAIM_BULK, {"batch": min(room, BULK_BATCH)}).all()
        tally.bulk += len(rows)
    tally.claimed += len(rows)
    return rows


def _send_all(
    connection: Connection, out: Transport, rows: Sequence[Row[Any]], tally: Tally
) -> None:
    for done, row in enumerate(rows, start=1):
        try:
            _send_one(connection, out, row, tally)
        except Unreachable:
            # The others would only wait for the same silence, one after the other.
            untried = [row.id for row in rows[done:]]
            connection.exec_driver_sql(_PUT_BACK, (untried,))
            tally.later += len(untried)
            tally.unreachable = True
            return


def _send_one(connection: Connection, out: Transport, row: Row[Any], tally: Tally) -> None:
    """Send one mail and record its outcome. Raises Unreachable, when that is recorded."""
    if row.unwanted and hold(connection, row.id):
        tally.held += 1
        return
    if row.revoked_at is not None:  # It was under way when the others were recalled.
        _give_up(connection, row.id, REVOKED, tally)
        return
    if row.attempts > MAX_ATTEMPTS:
        _give_up(connection, row.id, "given up: its worker died every time", tally)
        return
    try:
        data = _composed(row)
        out.send(row.recipient, message_id(row.id), data)
    except TemporaryFailure as error:
        if row.attempts < MAX_ATTEMPTS:
            connection.exec_driver_sql(_LATER, (str(error), row.id))
            tally.later += 1
        else:
            _give_up(connection, row.id, f"given up: {error}", tally)
        if isinstance(error, Unreachable):
            raise
    except PermanentFailure as error:
        _give_up(connection, row.id, str(error), tally)
    except NotComposed as error:
        _give_up(connection, row.id, f"not composed: {error}", tally)
    except Exception as error:  # A row that cannot be composed must not hold up the others.
        # Not the traceback: an encoding error quotes the address it stumbled over.
        log.error("mail not composed", mail=row.id, kind=row.kind, error=type(error).__name__)
        _give_up(connection, row.id, f"not composed: {type(error).__name__}", tally)
    else:
        tally.sent += 1
        keep = tally.sent % KEEP_EVERY == 0
        connection.exec_driver_sql(_SENT if keep else _SENT_SOON_KEPT, (row.id,))


def _composed(row: Row[Any]) -> bytes:
    about = row.office_link_id if row.signature_id is None else row.signature_id
    goes_along = None
    if row.attachment:
        sha256 = row.shared.get("file_sha256", "")
        goes_along = Attachment(row.attachment, row.attachment_name, sha256)
    return compose(
        row.kind,
        row.id,
        row.recipient,
        row.shared,
        about,
        language=row.language,
        number=row.number,
        attachment=goes_along,
    )


def _give_up(connection: Connection, mail_id: int, reason: str, tally: Tally) -> None:
    connection.exec_driver_sql(_FAILED, (reason, mail_id))
    tally.failed += 1
