"""Reminding: whoever has signed and not confirmed is asked again, twice at most."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.campaigns.models import Campaign
from campaign.extensions import db
from campaign.links import absolute, settings
from campaign.mail.allowance import GRANT
from campaign.signatures.addresses import person_key
from campaign.signatures.signing import CONFIRM_DAYS

MOST = 2
BATCH = 500

_ACCEPTING = Campaign.accepting().compile(compile_kwargs={"literal_binds": True})
# A day after signing, and three; what was missed for a week (a campaign was paused, say) is not
# made up for. Nobody is asked whose mail came back, still waits or is held. NO KEY: whoever signs
# again at this moment needs the key alone, and would otherwise wait for us while we wait for them.
_DUE = text(
    f"""
    SELECT s.id, s.email, s.email_canonical, s.language, campaign.slug,
        coalesce(w.title, campaign.title) AS title, coalesce(w.ask, campaign.ask) AS ask
    FROM signature s JOIN campaign ON campaign.id = s.campaign_id
    LEFT JOIN campaign_translation w ON w.campaign_id = campaign.id AND NOT w.stale
        AND w.language = s.language AND w.language <> campaign.language
    WHERE s.state = 'pending' AND {_ACCEPTING} AND s.created_at > now() - interval '7 days'
        AND s.created_at <= now() - CASE s.reminders WHEN 0 THEN interval '1 day'
            WHEN 1 THEN interval '3 days' END
        AND coalesce(s.reminded_at < now() - interval '1 day', true)
        AND NOT EXISTS (SELECT FROM outgoing_mail m
            WHERE m.signature_id = s.id AND m.state <> 'sent')
    ORDER BY s.created_at, s.id LIMIT {BATCH} FOR NO KEY UPDATE OF s SKIP LOCKED
    """
)
# Like everything that somebody's address alone brings about, it counts towards what they may be
# sent in a day. Whom it is not granted is considered again a day later.
_REMIND = f"""
WITH due AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(people)s::json) AS p (person text, id bigint, email varchar,
        language varchar, shared jsonb)
), people AS (SELECT person FROM due ORDER BY person),
first AS (SELECT person FROM due WHERE false),
allowance AS ({GRANT}),
asked AS (
    SELECT due.*, a.allowed FROM due JOIN allowance a ON a.person = decode(due.person, 'hex')
), reminded AS (
    UPDATE signature s SET reminded_at = now(), reminders = s.reminders + asked.allowed::int
    FROM asked WHERE s.id = asked.id
)
INSERT INTO outgoing_mail (kind, recipient, language, shared, signature_id)
SELECT 'reminder', email, language, shared, id FROM asked WHERE allowed ORDER BY id
"""


def remind_unconfirmed() -> int:
    """Put a reminder on its way to everybody for whom it is time, up to 500. Returns how many.

    Safe to run anywhere, twice: whom somebody else is reminding is left alone.
    """
    with db.engine.begin() as connection:
        mails = _remind(connection, [row._asdict() for row in connection.execute(_DUE)])
    if mails:
        jobs.ring(jobs.SEND_MAIL)
    return mails


def _remind(connection: Connection, due: list[dict[str, Any]]) -> int:
    secret = settings().secret_key
    people: dict[str, dict[str, Any]] = {}
    for row in due:
        key = person_key(row.pop("email_canonical"), secret).hex()
        # Somebody who has two campaigns to confirm is reminded of one at a time.
        people.setdefault(key, {"person": key, "shared": _shared(row), **row})
    if not people:
        return 0
    values = {"people": json.dumps(list(people.values()))}
    return connection.exec_driver_sql(_REMIND, values).rowcount


def _shared(row: dict[str, Any]) -> dict[str, str]:
    """What the mail says about the campaign; nothing here was typed by a supporter."""
    return {
        "campaign_title": row["title"],
        "campaign_ask": row["ask"],
        "campaign_url": absolute(f"/campaigns/{row['slug']}"),
        "valid_days": str(CONFIRM_DAYS),
    }
