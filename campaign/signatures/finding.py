"""Finding signatures of a campaign, and paging through any number of them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from campaign.accounts.audit import Actor, record
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.signatures.condition import Condition

PAGE = 50
_PLACE = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
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
        """Where it stands in the order of time: what `newer` and `older` begin from."""
        return f"{(self.created_at - _EPOCH) // dt.timedelta(microseconds=1)}-{self.id}"


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
    they were looked at goes on record. Raises NotFound, or Invalid for a place we never gave.
    """
    place = _place(newer or older)
    with db.engine.begin() as connection:
        campaign_id = campaign_of(connection, slug)
        # The best way to a handful and to half of all signatures differs.
        connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        found = _read(connection, campaign_id, condition, place, upwards=bool(newer))
        shown = found[:PAGE][::-1] if newer else found[:PAGE]
        details = {**condition.on_record(), "shown": len(shown)}
        record(connection, actor, "signatures searched", f"campaign:{slug}", details)
    return _page(shown, newer, older, more=len(found) > PAGE)


def campaign_of(connection: Connection, slug: str) -> int:
    """The id of the campaign `slug`. Raises NotFound."""
    row = connection.execute(_CAMPAIGN, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFound
    return int(row.id)


def _page(shown: list[Found], newer: str, older: str, *, more: bool) -> Page:
    if not shown:
        return Page([])
    before = shown[0].place if older or (newer and more) else ""
    after = shown[-1].place if newer or more else ""
    return Page(shown, newer=before, older=after)


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


def _place(given: str) -> dict[str, Any]:
    if not given:
        return {}
    parts = _PLACE.fullmatch(given)
    if parts is None:
        raise Invalid({"form": "This page of the list does not exist. Begin with the newest."})
    return {"at": _EPOCH + dt.timedelta(microseconds=int(parts[1])), "id": int(parts[2])}
