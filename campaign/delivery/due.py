"""Compiling the deliveries that were requested, and settling those whose worker is gone.

Nothing stays `compiling`: whoever compiles holds the database's lock for its official, so a
delivery in that state whose lock is free was left behind.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import psycopg
import structlog
from sqlalchemy import text

from campaign.accounts.audit import SYSTEM, record_alone
from campaign.delivery.compiling import compile_row
from campaign.delivery.describing import Official
from campaign.delivery.numbering import Target, lock_pair, target
from campaign.delivery.records import INTERRUPTED, record_failed, settle
from campaign.delivery.session import Session, Subject, session
from campaign.errors import GroundswellError
from campaign.extensions import db
from campaign.links import settings
from campaign.logs import places

log = structlog.get_logger()

_OPEN = text(
    """
    SELECT c.id, c.slug, c.title, o.id, o.slug, o.name, o.title, o.body
    FROM campaign c, official o WHERE (c.id, o.id) IN (
        SELECT campaign_id, official_id FROM delivery WHERE state IN ('requested', 'compiling'))
    ORDER BY 1, 4
    """
)
_REQUESTED = """
SELECT id, number, everything, made_by FROM delivery
WHERE campaign_id = %s AND official_id = %s AND state = 'requested' ORDER BY id
"""


def packages() -> Path:
    """The folder of packages that workers make."""
    return settings().data_dir / "packages"


def compile_due() -> int:
    """Compile what was requested, and settle what was left behind. Returns how many it compiled.

    Safe to run anywhere, twice: officials that somebody is compiling for are left alone.
    """
    with db.engine.connect() as connection:
        rows = connection.execute(_OPEN).all()
    targets = [Target(Subject(*row[:3]), row[3], Official(*row[4:])) for row in rows]
    return sum(_compile_for(to) for to in targets)


def _compile_for(to: Target) -> int:
    with session() as pg:
        if not lock_pair(pg, to, wait=False):
            return 0
        settle(pg, to)
        rows = pg.execute(_REQUESTED, [to.campaign.id, to.official_id]).fetchall()
        return sum(_compile(pg, to, row) for row in rows)


def _compile(pg: Session, to: Target, row: Any) -> bool:
    subject = f"delivery:{to.campaign.slug}/{row.number}"
    try:
        # Whoever was addressed when it was requested may not be any more.
        target(pg, to.campaign.slug, to.official.slug)
        packages().mkdir(mode=0o700, parents=True, exist_ok=True)
        done = compile_row(pg, to, row, packages() / f"{secrets.token_hex(32)}.zip")
    except psycopg.Error:
        raise  # The next task settles it.
    except Exception as problem:
        known = isinstance(problem, GroundswellError | OSError)
        record_failed(pg, row.id, str(problem) if known else INTERRUPTED)
        record_alone(SYSTEM, "delivery failed", subject)
        log.error("delivery failed", delivery=row.id, **places(problem))
        return False
    record_alone(SYSTEM, "delivery compiled", subject, {"rows": done.count})
    return True
