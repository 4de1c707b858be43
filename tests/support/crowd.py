"""Signatures put into the database at once, as many and of the kind that a test needs."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import text

from campaign.extensions import db
from campaign.signatures import counting
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.comments import digest
from campaign.signatures.consents import CURRENT

_PUT = text(
    f"""
    WITH put AS (
        INSERT INTO signature (campaign_id, pledge_text_id, name, email, email_canonical, country,
            postcode, comment, updates, public, consent_version, language, source, network_key,
            state, created_at, recorded_at, confirmed_at)
        SELECT c.id, t.id, CAST(:name AS text), address, address, :country, '', :comment,
            false, :public, :wording, 'en', :source,
            decode(coalesce(CAST(:network AS text), md5(address)), 'hex'),
            CAST(:state AS text), at, at,
            CASE CAST(:state AS text) WHEN 'pending' THEN NULL ELSE at END
        FROM generate_series(1, CAST(:number AS int)) AS n
        JOIN campaign c ON c.slug = :slug JOIN pledge_text t ON t.campaign_id = c.id
        CROSS JOIN LATERAL (SELECT format('%s.%s@%s',
                CAST(:run AS text), n, CAST(:domain AS text)) AS address,
            now() - make_interval(secs => CAST(:minutes_ago AS float) * 60)
                + make_interval(secs => n * 0.001) AS at) AS drawn
        RETURNING id, state, {NEEDED}
    ), noted AS ({note_change("put", "NULL", "state")})
    SELECT id FROM put ORDER BY id
    """
)


def put(number: int = 1, **given: Any) -> list[int]:
    """Put `number` signatures that are alike into the campaign, an hour ago. Returns their ids."""
    values = {
        "number": number,
        "slug": "night-buses",
        "state": "confirmed",
        "name": "Zoë Nguyễn",
        "run": secrets.token_hex(4),
        "domain": "example.org",
        "network": None,
        "country": "GB",
        "source": "",
        "comment": "",
        "public": False,
        "wording": CURRENT.version,
        "minutes_ago": 90,
        **given,
    }
    with db.engine.begin() as connection:
        return list(connection.execute(_PUT, values).scalars())


def as_read(*ids: int) -> dict[int, str]:
    """What whoever reads the comments of these signatures now sends with a decision."""
    query = text("SELECT id, name, comment FROM signature WHERE id = ANY(:ids)")
    with db.engine.connect() as connection:
        found = connection.execute(query, {"ids": list(ids)})
        return {row.id: digest(row.name, row.comment) for row in found}


def expect_no_drift() -> None:
    """Every count and chart is what the rows say, before and after it is folded."""
    assert counting.check() == []
    counting.fold()
    assert counting.check() == []
