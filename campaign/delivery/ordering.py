"""Ordering an export. A worker makes it; nothing is read here."""

from __future__ import annotations

import json
import secrets
from typing import Any

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.delivery.choosing import Wish
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.signatures.retaining import refuse_gone

# The cut-off is the moment of the order; the second after it lets every signature, confirmation
# and exclusion that was under way at that moment come to its end.
_INSERT = """
INSERT INTO export
    (campaign_id, again_id, made_by, purpose, format, columns, filters, cut_off, token, due_at)
"""
_AND_RETURN = " RETURNING id, campaign_id, purpose, format, columns, filters, cut_off"
_ORDER = text(
    f"""
    {_INSERT} SELECT c.id, NULL, :made_by, :purpose, :format, CAST(:columns AS jsonb),
        CAST(:filters AS jsonb), NULL, :token, now() + interval '1 second'
    FROM campaign c WHERE c.slug = :slug {_AND_RETURN}
    """
)
_AGAIN = text(
    f"""
    {_INSERT} SELECT campaign_id, e.id, :made_by, purpose, format, columns, filters, cut_off,
        :token, now()
    FROM export e JOIN campaign c ON c.id = e.campaign_id
    WHERE e.id = :id AND c.slug = :slug AND cut_off IS NOT NULL {_AND_RETURN}
    """
)
_VERSION = text(
    "SELECT FROM pledge_text t JOIN campaign c ON c.id = t.campaign_id"
    " WHERE c.slug = :slug AND t.version = :version"
)


def order_export(slug: str, wish: Wish, *, actor: Actor) -> int:
    """Order an export of the campaign `slug` as of now. Returns its id.

    Raises NotFound, DataGone, and Invalid for a version that its text never had.
    """
    values = {
        "slug": slug,
        "purpose": wish.purpose,
        "format": wish.format,
        "columns": json.dumps(wish.columns),
        "filters": json.dumps(wish.filters.as_json()),
    }
    with db.engine.begin() as connection:
        version = wish.filters.text_version
        if version and not connection.execute(_VERSION, {"slug": slug, "version": version}).all():
            raise Invalid({"text_version": "Choose one of the versions."})
        ordered = _insert(connection, _ORDER, values, actor)
    jobs.ring(jobs.MAKE_EXPORTS)
    return ordered


def order_again(slug: str, export_id: int, *, actor: Actor) -> int:
    """Order the same rows as of the same cut-off once more. Returns the new id.

    Raises NotFound, DataGone.
    """
    with db.engine.begin() as connection:
        ordered = _insert(connection, _AGAIN, {"slug": slug, "id": export_id}, actor)
    jobs.ring(jobs.MAKE_EXPORTS)
    return ordered


def _insert(connection: Connection, query: Any, values: dict[str, Any], actor: Actor) -> int:
    # The name of the file: nobody who sees the list of exports could guess it.
    values = {**values, "made_by": actor.name, "token": secrets.token_hex(32)}
    row = connection.execute(query, values).one_or_none()
    if row is None:
        raise NotFound
    refuse_gone(connection, row.campaign_id)
    details = {
        "campaign": values["slug"],
        "purpose": row.purpose,
        "format": row.format,
        "columns": row.columns,
        "filters": row.filters,
        **({"again": values["id"], "cut-off": row.cut_off.isoformat()} if "id" in values else {}),
    }
    record(connection, actor, "export ordered", f"export:{row.id}", details)
    return int(row.id)
