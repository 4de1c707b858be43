"""Lapsing: what is not confirmed is erased after a while, as if its owner had done it."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import text

from campaign.delivery.erasing import erase_unconfirmed
from campaign.extensions import db
from campaign.links import settings
from campaign.signatures.signing import CONFIRM_DAYS

_BATCH = 500

# Whoever has asked for another mail meanwhile keeps their signature as long as its link works.
_LAPSED = text(
    f"""
    SELECT s.id FROM signature s
    WHERE s.state = 'pending' AND s.anonymised_at IS NULL
        AND s.created_at < now() - make_interval(days => :days)
        AND NOT EXISTS (SELECT FROM outgoing_mail m WHERE m.signature_id = s.id
            AND coalesce(m.sent_at, m.created_at) > now() - interval '{CONFIRM_DAYS} days')
    ORDER BY s.created_at, s.id LIMIT {_BATCH}
    """
)


def erase_lapsed(seconds: float) -> int:
    """Erase who has not confirmed for UNCONFIRMED_DAYS days, and begin none after `seconds`.

    Returns how many. Each is a transaction of its own, and whoever confirms meanwhile is left
    alone: so it may be interrupted, and run anywhere, twice.
    """
    until = time.monotonic() + seconds
    erased = 0
    while found := _lapsed():
        before = erased
        for signature_id in found:
            if time.monotonic() > until:
                return erased
            erased += erase_unconfirmed(signature_id)
        if erased == before:  # All of them were confirmed meanwhile: the next run looks again.
            break
    return erased


def _lapsed() -> list[int]:
    values: dict[str, Any] = {"days": settings().unconfirmed_days}
    with db.engine.connect() as connection:
        return list(connection.execute(_LAPSED, values).scalars())
