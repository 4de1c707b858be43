"""Excluding many: the worker's side of exclusions in bulk.

A batch, the decisions about it and how far the job has come are one transaction, under the lock
of the job's row. A killed worker therefore leaves nothing half done and nothing to be freed: its
batch never was, its lock is gone, and whoever looks next goes on from there.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, text

from campaign import jobs
from campaign.accounts.audit import SYSTEM, record
from campaign.errors import Invalid
from campaign.extensions import db
from campaign.mail.holding import release
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.condition import read_condition
from campaign.signatures.exclusions import affected

BATCH = 1_000

_TAKE = text(
    """
    SELECT id, campaign_id, undoes, condition, reason, maker, cut_off, after_at, after_id, changed
    FROM exclusion_job WHERE state IN ('waiting', 'running')
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    """
)
_DECIDE = """
    INSERT INTO signature_decision (signature_id, old_state, new_state, reason, actor, job_id)
    SELECT id, {old}, {new}, :reason, :maker, :job FROM {rows}
"""
# First a batch is locked, and then judged by a statement of its own: that one sees all that anybody
# decided until then, and whoever decides later waits. A single statement would judge by what was
# decided before it began, however long it then waited for a row. NO KEY: whoever is giving numbers
# holds the keys, in another order than this one.
_LOCK_MATCHING = """
    SELECT id, created_at AS at, id AS last FROM signature
    WHERE {which} {beyond} ORDER BY created_at, id LIMIT :batch FOR NO KEY UPDATE
"""
# LATERAL with its LIMIT keeps the planner, which does not know how few a batch are, from reading
# everybody.
_LOCK_EXCLUDED = """
    WITH batch AS (
        SELECT id AS last, signature_id FROM signature_decision
        WHERE job_id = :undoes AND id > :after_id ORDER BY id LIMIT :batch
    )
    SELECT s.id, CAST(NULL AS timestamptz) AS at, last FROM batch CROSS JOIN LATERAL (
        SELECT id FROM signature WHERE id = batch.signature_id LIMIT 1 FOR NO KEY UPDATE) AS s
    ORDER BY last
"""
_EXCLUDE = f"""
    WITH target AS (
        SELECT id AS target_id, state AS old_state FROM signature WHERE id = ANY(:ids) AND {{which}}
    ), excluded AS (
        UPDATE signature SET state = 'excluded' FROM target
        WHERE id = target_id AND id = ANY(:ids) RETURNING id, old_state, {NEEDED}
    ), changed AS (
        {note_change("excluded", "old_state", "'excluded'")}
    )
    {_DECIDE.format(rows="excluded", old="old_state", new="'excluded'")}
"""
# What somebody has decided about since is left as it is.
_RESTORE = f"""
    WITH target AS (
        SELECT s.id AS target_id, d.old_state AS new_state
        FROM signature s CROSS JOIN LATERAL (SELECT job_id, old_state FROM signature_decision
            WHERE signature_id = s.id ORDER BY id DESC LIMIT 1) AS d
        WHERE s.id = ANY(:ids) AND s.state = 'excluded' AND d.job_id = :undoes
            AND s.anonymised_at IS NULL
    ), restored AS (
        UPDATE signature SET state = new_state FROM target
        WHERE id = target_id AND id = ANY(:ids) RETURNING id, new_state, {NEEDED}
    ), changed AS (
        {note_change("restored", "'excluded'", "new_state")}
    )
    {_DECIDE.format(rows="restored", old="'excluded'", new="new_state")}
"""
_ADVANCE = text(
    """
    UPDATE exclusion_job SET state = CASE WHEN :over THEN 'done' ELSE 'running' END,
        changed = changed + :changed, ended_at = CASE WHEN :over THEN now() END,
        after_at = coalesce(CAST(:at AS timestamptz), after_at),
        after_id = coalesce(CAST(:id AS bigint), after_id)
    WHERE id = :job
    """
)


_GIVE_UP = text("UPDATE exclusion_job SET state = 'cancelled', ended_at = now() WHERE id = :job")


def run_batch(batch: int = BATCH) -> bool:
    """Do one batch of the oldest job that nobody else is at. Returns whether there was one."""
    with db.engine.begin() as connection:
        job = connection.execute(_TAKE).mappings().one_or_none()
        if job is None:
            return False
        try:
            do_batch(connection, job, batch)
        except Invalid as invalid:
            # Its condition means nothing any more (a country has gone, say). It must not keep
            # those behind it waiting for ever.
            connection.execute(_GIVE_UP, {"job": job["id"]})
            details = {"why": ", ".join(invalid.fields)}
            record(connection, SYSTEM, "exclusion given up", f"exclusion:{job['id']}", details)
    jobs.ring(jobs.FOLD_COUNTS)
    return True


def do_batch(connection: Connection, job: RowMapping, batch: int) -> None:
    """A batch of `job`, whose row is locked, in the caller's transaction."""
    lock, change, values = _restoring(job) if job["undoes"] else _excluding(job)
    values |= {name: job[name] for name in ("reason", "maker")}
    values |= {"job": job["id"], "batch": batch}
    connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    rows = connection.execute(text(lock), values).all()
    values["ids"] = [row.id for row in rows]
    changed = connection.execute(text(change), values).rowcount
    if job["undoes"]:
        release(connection, values["ids"])
    _advance(connection, job, changed, rows[-1] if rows else None, over=len(rows) < batch)


def _advance(
    connection: Connection, job: RowMapping, changed: int, last: Row[Any] | None, *, over: bool
) -> None:
    values = {"at": last.at, "id": last.last} if last else {"at": None, "id": None}
    connection.execute(_ADVANCE, {**values, "job": job["id"], "over": over, "changed": changed})
    if over:
        details = {"changed": job["changed"] + changed}
        record(connection, SYSTEM, "exclusion finished", f"exclusion:{job['id']}", details)


def _excluding(job: RowMapping) -> tuple[str, str, dict[str, Any]]:
    condition, cut_off = read_condition(job["condition"]), job["cut_off"]
    which, values = affected(job["campaign_id"], condition, cut_off)
    beyond = ""
    after: dt.datetime | None = job["after_at"]
    if after is not None:
        beyond = "AND (created_at, id) > (:after_at, :after_id)"
        values |= {"after_at": after, "after_id": job["after_id"]}
    lock = _LOCK_MATCHING.format(which=which, beyond=beyond)
    return lock, _EXCLUDE.format(which=which), values


def _restoring(job: RowMapping) -> tuple[str, str, dict[str, Any]]:
    return _LOCK_EXCLUDED, _RESTORE, {"undoes": job["undoes"], "after_id": job["after_id"]}
