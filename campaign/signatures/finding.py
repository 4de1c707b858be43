"""Finding signatures of a campaign, and paging through any number of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from campaign.accounts.audit import Actor, record
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.signatures.condition import Condition
from campaign.signatures.places import cut, place_of, read_place
from campaign.signatures.slow_reads import given_up_in_time

PAGE = 50
_CAMPAIGN = text("SELECT id, title FROM campaign WHERE slug = :slug")
COLUMNS = "id, name, email, country, source, state, created_at, comment, network_key"
_FIND = """
    SELECT {columns} FROM signature WHERE campaign_id = :campaign_id {condition} {beyond}
    ORDER BY created_at {order}, id {order} LIMIT :limit
"""


@dataclass(frozen=True)
class Found:
    """A signature in a list."""

    id: int
    name: str
    email: str
    country: str
    source: str
    state: str
    created_at: dt.datetime
    comment: str
    network_key: bytes

    @property
    def network(self) -> str:
        return self.network_key.hex()

    @property
    def place(self) -> str:
        return place_of(self.created_at, self.id)


@dataclass(frozen=True)
class Page:
    """A page of signatures, the newest first, and the places where the pages beside it begin."""

    signatures: list[Found]
    newer: str = ""
    older: str = ""


def find(
    slug: str, condition: Condition, *, newer: str = "", older: str = "", actor: Actor
) -> Page:
    """A page of the signatures that `condition` means: those next `newer` or `older` than a place.

    It hangs on no number of a page, so signatures that come in meanwhile shift nothing. That
    they were looked at goes on record. Raises NotFound, and Invalid for a place we never gave
    or when it took too long.
    """
    place = read_place(newer or older)
    with db.engine.begin() as connection:
        campaign_id = campaign_of(connection, slug)
        # The best way to a handful and to half of all signatures differs.
        connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        with given_up_in_time(connection):
            found = _read(connection, campaign_id, condition, place, upwards=bool(newer))
        shown, after, before = cut(found, PAGE, upwards=bool(newer), placed=bool(place))
        details = {**condition.on_record(), "shown": len(shown)}
        record(connection, actor, "signatures searched", f"campaign:{slug}", details)
    return Page(shown[::-1] if newer else shown, newer=after, older=before)


def campaign_of(connection: Connection, slug: str) -> int:
    """The id of the campaign `slug`. Raises NotFound."""
    row = connection.execute(_CAMPAIGN, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFound
    return int(row.id)


def _read(
    connection: Connection,
    campaign_id: int,
    condition: Condition,
    place: dict[str, Any],
    *,
    upwards: bool,
) -> list[Found]:
    clause, values = condition.sql()
    beyond = f"AND (created_at, id) {'>' if upwards else '<'} (:at, :id)" if place else ""
    query = _FIND.format(
        columns=COLUMNS, condition=clause, beyond=beyond, order="ASC" if upwards else "DESC"
    )
    values |= {"campaign_id": campaign_id, "limit": PAGE + 1, **place}
    return [Found(**row) for row in connection.execute(text(query), values).mappings()]
