"""Exclusions in bulk: preview what a condition means, start a job for it, cancel it, undo it.

The work itself is done in `excluding_many`, by the worker.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.signatures.condition import Condition, require_narrow
from campaign.signatures.excluding import EXCLUDABLE, clean_reason
from campaign.signatures.finding import COLUMNS, Found, campaign_of
from campaign.signatures.slow_reads import given_up_in_time

SAMPLE = 10
# What is being written at this moment may still appear behind the cut-off: stay away from it.
SETTLED = "now() - interval '10 seconds'"

_SETTLED = text(f"SELECT {SETTLED}")
_SAMPLE = "SELECT {columns} FROM signature WHERE {which} ORDER BY created_at DESC, id DESC LIMIT :n"
_START = text(
    """
    INSERT INTO exclusion_job (campaign_id, condition, reason, maker, cut_off, counted)
    VALUES (:campaign_id, CAST(:condition AS jsonb), :reason, :maker, :cut_off, :counted)
    ON CONFLICT (campaign_id, maker, cut_off) DO NOTHING RETURNING id
    """
)
_STARTED = text(
    "SELECT id FROM exclusion_job"
    " WHERE campaign_id = :campaign_id AND maker = :maker AND cut_off = :cut_off"
)
_CANCEL = text(
    """
    UPDATE exclusion_job SET state = 'cancelled', ended_at = now()
    WHERE id = :id AND campaign_id = :campaign_id AND state IN ('waiting', 'running')
    RETURNING changed
    """
)
# The partial unique index decides that a job is undone once; an undoing that was cancelled
# may be begun again.
_UNDO = text(
    """
    INSERT INTO exclusion_job (campaign_id, undoes, condition, reason, maker, cut_off, counted)
    SELECT campaign_id, id, '{}', :reason, :maker, clock_timestamp(), changed FROM exclusion_job
    WHERE id = :id AND campaign_id = :campaign_id AND undoes IS NULL AND changed > 0
        AND state IN ('done', 'cancelled')
    ON CONFLICT DO NOTHING RETURNING id
    """
)
_UNDOING = text(
    "SELECT u.id FROM exclusion_job u WHERE u.undoes = :id AND u.campaign_id = :campaign_id"
    " AND u.state <> 'cancelled'"
)


@dataclass(frozen=True)
class Preview:
    """What an exclusion would do if it were started now, and the moment that it looks back from."""

    condition: Condition
    cut_off: dt.datetime
    count: int
    sample: list[Found]


def preview(slug: str, condition: Condition, *, actor: Actor) -> Preview:
    """Count what `condition` would exclude, with a few of them. Raises Invalid or NotFound."""
    require_narrow(condition)
    with db.engine.begin() as connection:
        campaign_id = campaign_of(connection, slug)
        cut_off = connection.execute(_SETTLED).scalar_one()
        which, values = affected(campaign_id, condition, cut_off)
        sample = text(_SAMPLE.format(columns=COLUMNS, which=which))
        with given_up_in_time(connection):
            count = _count(connection, which, values)
            rows = connection.execute(sample, {**values, "n": SAMPLE}).mappings()
            found = [Found(**row) for row in rows]
        details = {**condition.on_record(), "count": count, "shown": len(found)}
        record(connection, actor, "exclusion previewed", f"campaign:{slug}", details)
    return Preview(condition, cut_off, count, found)


def start(slug: str, condition: Condition, cut_off: str, reason: str, *, actor: Actor) -> int:
    """Have the worker exclude what a preview up to `cut_off` (ISO 8601) counted, never more.

    Returns the job's id; sending the same preview again returns the same job. Raises Invalid,
    NotFound.
    """
    require_narrow(condition)
    moment = _moment(cut_off)
    values: dict[str, Any] = {"maker": actor.name, "reason": clean_reason(reason)}
    with db.engine.begin() as connection:
        values |= {"campaign_id": campaign_of(connection, slug)}
        moment = min(moment, connection.execute(_SETTLED).scalar_one())
        with given_up_in_time(connection):
            counted = _count(connection, *affected(values["campaign_id"], condition, moment))
        values |= {"cut_off": moment, "counted": counted}
        plain = json.dumps(condition.values())
        job = connection.execute(_START, {**values, "condition": plain}).scalar_one_or_none()
        if job is None:
            return int(connection.execute(_STARTED, values).scalar_one())
        if not counted:
            raise Invalid({"form": "No signature matches any more."})
        details = {**condition.on_record(), "counted": counted, "campaign": slug}
        record(connection, actor, "exclusion started", f"exclusion:{job}", details)
    jobs.ring(jobs.EXCLUDE)
    return int(job)


def cancel(slug: str, job_id: int, *, actor: Actor) -> bool:
    """Stop a job after the batch that it is at. Returns whether it was still going.

    Raises NotFound for an unknown campaign.
    """
    with db.engine.begin() as connection:
        values = {"id": job_id, "campaign_id": campaign_of(connection, slug)}
        changed = connection.execute(_CANCEL, values).scalar_one_or_none()
        if changed is not None:
            details = {"changed": changed}
            record(connection, actor, "exclusion cancelled", f"exclusion:{job_id}", details)
    return changed is not None


def undo(slug: str, job_id: int, reason: str, *, actor: Actor) -> int:
    """Have the worker restore exactly what a job excluded and what is excluded by it still.

    Returns the id of the job that does it; repeating it returns the same one. Raises Invalid,
    NotFound when there is nothing to undo (yet).
    """
    values: dict[str, Any] = {"id": job_id, "maker": actor.name, "reason": clean_reason(reason)}
    with db.engine.begin() as connection:
        values |= {"campaign_id": campaign_of(connection, slug)}
        made = connection.execute(_UNDO, values).scalar_one_or_none()
        if made is None:
            made = connection.execute(_UNDOING, values).scalar_one_or_none()
            if made is None:
                raise NotFound
            return int(made)
        record(connection, actor, "exclusion undone", f"exclusion:{job_id}", {"by": int(made)})
    jobs.ring(jobs.EXCLUDE)
    return int(made)


def affected(
    campaign_id: int, condition: Condition, cut_off: dt.datetime
) -> tuple[str, dict[str, Any]]:
    """A condition on `signature`, and its values: whom an exclusion up to `cut_off` may exclude.

    Between a preview and the end of its job this set can lose signatures, never gain any.
    """
    clause, values = condition.sql()
    if condition.state == "confirmed":
        clause += " AND confirmed_at <= :cut_off"
    which = f"""campaign_id = :campaign_id AND state IN {EXCLUDABLE} AND created_at <= :cut_off
        AND anonymised_at IS NULL AND recorded_at <= :cut_off
        AND NOT EXISTS (SELECT FROM signature_decision d
            WHERE d.signature_id = signature.id AND d.at > :cut_off) {clause}"""
    return which, {**values, "campaign_id": campaign_id, "cut_off": cut_off}


def _count(connection: Connection, which: str, values: dict[str, Any]) -> int:
    query = text(f"SELECT count(*) FROM signature WHERE {which}")
    return int(connection.execute(query, values).scalar_one())


def _moment(cut_off: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(cut_off)
        if moment.tzinfo is not None and 1900 < moment.year < 2200:
            return moment
    except ValueError:
        pass
    raise Invalid({"form": "This preview cannot be read. Preview the exclusion again."})
