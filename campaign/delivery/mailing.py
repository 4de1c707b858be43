"""Telling supporters: of a delivery that theirs is among, and of an answer to it.

One mail each, so that nobody sees anybody's address, and only to whoever has confirmed and asked
for updates. A batch of mails and how far the mailing has come are one transaction, under the lock
of its row: a killed worker loses nothing and repeats nothing. Few wait in the outbox at a time, and
all others go first (see `mail.sending`).
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, Row, text

from campaign import jobs
from campaign.accounts.audit import SYSTEM, Actor, record
from campaign.delivery.arriving import ARRIVED
from campaign.delivery.rows import NAME, ON_PAPER, TITLE
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.links import absolute

MOST_WAITING = 1_000
LEAST = 200  # A batch is worth its while.

_TAKE = text(
    f"""
    SELECT m.id, m.kind, m.after_number, d.id AS delivery, d.number, d.campaign_id, d.official_id,
        d.row_count, d.sent_at, greatest(m.after_number, lower(d.numbers) - 1) AS after,
        {ON_PAPER} AS paper,
        c.slug, c.title AS campaign_title, {NAME} AS official_name,
        {TITLE} AS official_title,
        (SELECT coalesce(json_object_agg(w.language, json_build_object('campaign_title', w.title)),
            '{{}}') FROM campaign_translation w
            WHERE w.campaign_id = c.id AND w.language <> c.language AND NOT w.stale) AS translated,
        a.text AS answer, a.written_by, a.created_at AS answered_at, :most - waiting.mails AS room
    FROM supporter_mailing m JOIN delivery d ON d.id = m.delivery_id
    JOIN campaign c ON c.id = d.campaign_id JOIN official o ON o.id = d.official_id
    LEFT JOIN office_answer a ON a.id = m.answer_id
    CROSS JOIN LATERAL (SELECT count(*) AS mails FROM outgoing_mail
        WHERE mailing_id = m.id AND state IN ('queued', 'sending')) AS waiting
    WHERE m.state IN ('waiting', 'running') AND waiting.mails <= :most - :least
        AND (m.kind = 'answered' OR {ARRIVED})
    ORDER BY m.id LIMIT 1 FOR UPDATE OF m SKIP LOCKED
    """
)
# Whoever was told of an earlier delivery to the same official that held theirs is not told again.
# Of one that was stopped, that is only whom it had reached. (The subqueries keep the planner to
# reading the numbers in their order, from where the last batch ended. Adding nothing to the ranges
# unpacks them once, instead of anew for each number.)
_PUT = text(
    """
    WITH span AS MATERIALIZED (
        SELECT n.number, n.signature_id FROM delivery_number n
        WHERE n.campaign_id = :campaign AND n.number > :after
            AND n.number <@ (SELECT numbers + '{}' FROM delivery WHERE id = :delivery)
        ORDER BY n.number LIMIT :room
    ), told AS MATERIALIZED (
        SELECT coalesce(range_agg(CASE WHEN m.state = 'stopped'
            THEN d.numbers * int8multirange(int8range(NULL, m.after_number, '[]'))
            ELSE d.numbers END), '{}') AS numbers
        FROM supporter_mailing m JOIN delivery d ON d.id = m.delivery_id
        WHERE CAST(:kind AS text) = 'delivered' AND m.kind = 'delivered' AND m.id < :mailing
            AND d.campaign_id = :campaign AND d.official_id = :official
    ), put AS (
        INSERT INTO outgoing_mail
            (kind, recipient, language, shared, signature_id, mailing_id, number)
        SELECT CAST(:kind AS text), s.email, s.language, CAST(:shared AS jsonb)
            || coalesce(CAST(:translated AS jsonb) -> s.language, '{}'), s.id, :mailing, span.number
        FROM span JOIN signature s ON s.id = span.signature_id CROSS JOIN told
        WHERE s.state = 'confirmed' AND s.updates AND NOT span.number <@ told.numbers
        ORDER BY span.number
        RETURNING id
    ), done AS (
        SELECT max(number) AS through, count(*) < :room AS over FROM span
    )
    UPDATE supporter_mailing m SET after_number = coalesce(done.through, after_number),
        mailed = mailed + (SELECT count(*) FROM put),
        state = CASE WHEN done.over THEN 'done' ELSE 'running' END,
        ended_at = CASE WHEN done.over THEN now() END
    FROM done WHERE m.id = :mailing RETURNING m.state, m.mailed
    """
)
_OF = text(
    """
    SELECT m.id FROM supporter_mailing m JOIN delivery d ON d.id = m.delivery_id
    JOIN campaign c ON c.id = d.campaign_id
    WHERE c.slug = :slug AND d.number = :number AND m.id = :mailing
    """
)
# What has left is told; the others were not, and a later delivery may tell them.
_STOP = """
    WITH ended AS (
        SELECT id FROM supporter_mailing WHERE {which} = :id FOR UPDATE
    ), recalled AS (
        DELETE FROM outgoing_mail
        WHERE mailing_id IN (SELECT id FROM ended) AND state = 'queued'
        RETURNING mailing_id, number
    ), counted AS (
        SELECT ended.id, count(r.number) AS mails, min(r.number) AS first
        FROM ended LEFT JOIN recalled r ON r.mailing_id = ended.id GROUP BY ended.id
    )
    UPDATE supporter_mailing m SET state = 'stopped', ended_at = now(),
        mailed = mailed - counted.mails,
        after_number = least(after_number, coalesce(counted.first - 1, after_number))
    FROM counted WHERE m.id = counted.id
        AND (m.state IN ('waiting', 'running') OR counted.mails > 0)
    RETURNING m.id
"""


def run_batch() -> bool:
    """Put one batch of mails of the oldest mailing that has room into the outbox.

    Returns whether there was one. Safe to run anywhere, twice.
    """
    with db.engine.begin() as connection:
        values = {"most": MOST_WAITING, "least": LEAST}
        row = connection.execute(_TAKE, values).one_or_none()
        if row is None:
            return False
        done = connection.execute(_PUT, _values(row)).one()
        if done.state == "done":
            details = {"kind": row.kind, "mailed": done.mailed}
            subject = f"delivery:{row.slug}/{row.number}"
            record(connection, SYSTEM, "supporters told", subject, details)
    jobs.ring(jobs.SEND_MAIL)
    return True


def stop_mailing(slug: str, number: int, mailing: int, *, actor: Actor) -> bool:
    """Stop telling supporters, for good: what waits in the outbox is recalled.

    Returns whether there was anything to stop. Raises NotFound.
    """
    with db.engine.begin() as connection:
        values = {"slug": slug, "number": number, "mailing": mailing}
        if connection.execute(_OF, values).one_or_none() is None:
            raise NotFound
        stopped = end_mailings(connection, "id", mailing)
        if stopped:
            subject = f"delivery:{slug}/{number}"
            record(connection, actor, "mailing stopped", subject, {"mailing": mailing})
    return stopped


def end_mailings(connection: Connection, which: str, number: int) -> bool:
    """Stop the mailings whose column `which` (`id`, `answer_id`) is `number`.

    In the caller's transaction. Returns whether there was anything to stop.
    """
    return bool(connection.execute(text(_STOP.format(which=which)), {"id": number}).all())


def _values(row: Row[Any]) -> dict[str, Any]:
    moment = row.sent_at if row.kind == "delivered" else row.answered_at
    shared = {
        "campaign_title": row.campaign_title,
        "campaign_url": absolute(f"/campaigns/{row.slug}"),
        "deliveries_url": absolute(f"/campaigns/{row.slug}/deliveries"),
        "official_name": row.official_name,
        "official_title": row.official_title,
        # Written out when a mail is composed, in the language of whoever it goes to.
        "count": str(row.row_count),
        "paper": str(row.paper),
        "date": moment.astimezone(dt.UTC).date().isoformat(),
    }
    if row.kind == "answered":
        shared |= {"answer": row.answer, "written_by": row.written_by}
    return {
        "kind": row.kind,
        "shared": json.dumps(shared),
        "translated": json.dumps(row.translated),
        "mailing": row.id,
        "delivery": row.delivery,
        "campaign": row.campaign_id,
        "official": row.official_id,
        "after": row.after,
        "room": row.room,
    }
