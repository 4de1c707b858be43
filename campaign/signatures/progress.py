"""How exclusions in bulk are coming along."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from campaign.errors import NotFound
from campaign.extensions import db
from campaign.signatures.finding import campaign_of

SHOWN = 100
_JOBS = """
    SELECT j.id, j.undoes, j.condition, j.reason, j.maker, j.counted, j.changed, j.state,
        j.created_at, j.ended_at,
        (SELECT u.id FROM exclusion_job u WHERE u.undoes = j.id AND u.state <> 'cancelled')
            AS undone_by
    FROM exclusion_job j WHERE j.campaign_id = :campaign_id
"""
_ALL = text(f"{_JOBS} ORDER BY j.id DESC LIMIT {SHOWN}")
_ONE = text(f"{_JOBS} AND j.id = :id")


@dataclass(frozen=True)
class Job:
    """An exclusion in bulk, or the undoing of one. `undone_by` is the job that undoes it."""

    id: int
    undoes: int | None
    condition: dict[str, str]
    reason: str
    maker: str
    counted: int
    changed: int
    state: str
    created_at: dt.datetime
    ended_at: dt.datetime | None
    undone_by: int | None

    @property
    def going(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def can_be_undone(self) -> bool:
        return not (self.going or self.undoes or self.undone_by) and self.changed > 0


def exclusions(slug: str) -> list[Job]:
    """The latest exclusions of a campaign, the newest first. Raises NotFound."""
    with db.engine.connect() as connection:
        values = {"campaign_id": campaign_of(connection, slug)}
        return [Job(**row) for row in connection.execute(_ALL, values).mappings()]


def exclusion(slug: str, job_id: int) -> Job:
    """One exclusion of a campaign. Raises NotFound."""
    with db.engine.connect() as connection:
        values = {"campaign_id": campaign_of(connection, slug), "id": job_id}
        row = connection.execute(_ONE, values).mappings().one_or_none()
    if row is None:
        raise NotFound
    return Job(**row)
