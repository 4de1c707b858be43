"""The names of the latest to sign, of those who wish to be named in public."""

from __future__ import annotations

from sqlalchemy import text

from campaign.extensions import autocommit_engine

ON_PAGE = 8
# So many of the latest are looked through, along an index. Where hardly anybody wishes to be
# named, the page names fewer; it never reads a million rows for a few names.
LOOKED_THROUGH = 200
_NAMES = text(
    f"""
    SELECT name FROM (
        SELECT name, public, confirmed_at, id FROM signature
        WHERE campaign_id = :campaign_id AND state = 'confirmed'
        ORDER BY confirmed_at DESC, id DESC LIMIT {LOOKED_THROUGH}) AS latest
    WHERE public ORDER BY confirmed_at DESC, id DESC LIMIT {ON_PAGE}
    """
)


def public_names(campaign_id: int) -> list[str]:
    """The names of up to `ON_PAGE` supporters whose signatures count, the latest first."""
    with autocommit_engine().connect() as connection:
        return list(connection.execute(_NAMES, {"campaign_id": campaign_id}).scalars())
