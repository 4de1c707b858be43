"""Previewing a delivery: what it would hold, and its first rows. Nothing is numbered or kept."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from typing import NamedTuple

from campaign.accounts.audit import Actor, record_alone
from campaign.delivery.describing import Official
from campaign.delivery.exporting import write_rows
from campaign.delivery.numbering import held_by
from campaign.delivery.rows import IN_ORDER, ROWS, row_cells
from campaign.delivery.session import Session, one, session, subject
from campaign.delivery.targets import Target, find_cut_off, target
from campaign.delivery.wishing import Wish
from campaign.errors import Invalid, NotFound

PAGE = 10

_HELD = "coalesce(number <@ %(held)s::int8multirange, false)"
_WANTED = f"(%(everything)s::boolean OR NOT {_HELD})"
_COUNTS = f"""
SELECT count(*) FILTER (WHERE {_WANTED}) AS count,
    count(*) FILTER (WHERE {_WANTED} AND kind = 1) AS paper,
    count(*) FILTER (WHERE {_HELD}) AS held,
    count(*) FILTER (WHERE number IS NULL) AS to_be_numbered
FROM {ROWS}
"""
_FIRST = f"""
SELECT {row_cells("coalesce(s.number::text, '')")}, s.kind FROM {ROWS} WHERE {_WANTED}
ORDER BY s.number NULLS LAST, {IN_ORDER} LIMIT {PAGE}
"""


class Row(NamedTuple):
    """A row as it would be delivered. `number` is empty where it is yet to be given."""

    number: str
    name: str
    postcode: str
    country: str
    signed_on: str
    comment: str
    kind: str

    @property
    def is_paper(self) -> bool:
        return self.kind == "1"


@dataclass(frozen=True)
class Preview:
    """What a delivery would hold now: `count` rows, of which `paper` and `to_be_numbered`.

    `held` is how many of the part that was asked for its official holds already.
    """

    official: Official
    cut_off: dt.datetime
    count: int
    paper: int
    held: int
    to_be_numbered: int
    rows: list[Row]


def preview(slug: str, wish: Wish, *, actor: Actor) -> Preview:
    """What a delivery would hold. It shows people's data, which goes on record.

    Raises NotFound, and Invalid when the campaign does not address the official.
    """
    with session() as pg:
        to = _addressed(pg, slug, wish.official)
        cut_off = find_cut_off(pg, wish.cut_off)
        with pg.transaction():
            pg.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            values = {
                "campaign_id": to.campaign.id,
                "cut_off": cut_off,
                "held": held_by(pg, to),
                "everything": wish.everything,
                **wish.slice.values,
            }
            counts = one(pg, _COUNTS, values)._asdict()
            table = io.BytesIO()
            write_rows(pg, _FIRST, values, table)
    rows = [Row(*cells) for cells in csv.reader(io.StringIO(table.getvalue().decode(), newline=""))]
    details = {**wish.details(), "rows": counts["count"]}
    record_alone(actor, "delivery previewed", f"campaign:{slug}", details)
    return Preview(official=to.official, cut_off=cut_off, rows=rows, **counts)


def _addressed(pg: Session, slug: str, official: str) -> Target:
    if subject(pg, slug) is None:
        raise NotFound
    try:
        return target(pg, slug, official)
    except NotFound:
        said = "Choose one of the officials that this campaign addresses."
        raise Invalid({"official": said}) from None
