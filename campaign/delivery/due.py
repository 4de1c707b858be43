"""Compiling the deliveries that were requested, and settling those whose worker is gone.

Nothing stays `compiling`: whoever compiles holds the database's lock for its official, so a
delivery in that state whose lock is free was left behind.
"""

from __future__ import annotations

import secrets
import socket
from typing import Any

import psycopg
import structlog

from campaign.accounts.audit import SYSTEM
from campaign.delivery.compiling import compile_requested
from campaign.delivery.describing import Official
from campaign.delivery.errors import Gone
from campaign.delivery.records import Begun
from campaign.delivery.session import Session, Subject, session
from campaign.delivery.settling import packages, settle
from campaign.delivery.slicing import Slice
from campaign.delivery.targets import Target, lock_machine, lock_pair
from campaign.delivery.wishing import Wish
from campaign.logs import places

log = structlog.get_logger()

_OPEN = """
SELECT c.id, c.slug, c.title, o.id AS official_id, o.slug AS official, o.name,
    o.title AS office, o.body, o.language
FROM campaign c, official o WHERE (c.id, o.id) IN (
    SELECT campaign_id, official_id FROM delivery
    WHERE (state = 'requested' AND due_at <= now()) OR state = 'compiling'
        OR (state = 'cancelled' AND file IS NOT NULL))
ORDER BY 1, 4
"""
_DUE = """
SELECT id, number, everything, countries, postcodes, asked_cut_off, made_by FROM delivery
WHERE campaign_id = %s AND official_id = %s AND state = 'requested' AND due_at <= now()
ORDER BY id
"""


def compile_due() -> int:
    """Compile what was requested, and settle what was left behind. Returns how many it compiled.

    Safe to run anywhere, twice: a machine compiles one delivery at a time, so that a worker's
    other processes have other work done, and officials that somebody is compiling for are left
    alone.
    """
    with session() as pg:
        if not lock_machine(pg, socket.gethostname()):
            return 0
        rows = pg.execute(_OPEN).fetchall()
        targets = [Target(Subject(*row[:3]), row[3], Official(*row[4:])) for row in rows]
        return sum(_compile_for(to) for to in targets)


def _compile_for(to: Target) -> int:
    with session() as pg:
        if not lock_pair(pg, to, wait=False):
            return 0
        settle(to)
        rows = pg.execute(_DUE, [to.campaign.id, to.official_id]).fetchall()
        return sum(_compile(pg, _begun(to, row)) for row in rows)


def _begun(to: Target, row: Any) -> Begun:
    part = Slice(tuple(row.countries), tuple(row.postcodes))
    wish = Wish(to.official.slug, row.everything, part, row.asked_cut_off)
    # Nobody who sees the list of deliveries could guess the name of the file.
    path = packages() / f"{secrets.token_hex(32)}.zip"
    return Begun(row.id, row.number, to, wish, row.made_by, path, SYSTEM, waits=True)


def _compile(pg: Session, begun: Begun) -> bool:
    try:
        compile_requested(pg, begun)
    except psycopg.Error:
        raise  # The next task settles it.
    except Gone:
        return False
    except Exception as problem:  # The row of the delivery tells.
        log.error("delivery not compiled", delivery=begun.id, **places(problem))
        return False
    return True
