"""Which signatures a delivery holds, and the numbers that they carry.

A signature gets its number in its campaign the first time that it is put into any delivery, in
the order of its moment, and keeps it for good. A delivery holds what no finished delivery to the
same official holds, of the part that was asked for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from campaign.delivery.describing import Text
from campaign.delivery.errors import NothingNew
from campaign.delivery.rows import IN_ORDER, ROWS, row_cells
from campaign.delivery.session import Session, one
from campaign.delivery.slicing import Slice
from campaign.delivery.targets import Target
from campaign.delivery.wishing import Wish

# Deliveries in these states are in the official's hands, or may be from one moment to the next.
FINISHED = "state IN ('ready', 'sent', 'acknowledged')"

# Who confirmed online while their paper row was being numbered takes that number along.
_FOLLOW = """
UPDATE delivery_number n SET signature_id = s.id, paper_signature_id = NULL
FROM paper_signature p JOIN signature s USING (campaign_id, email_canonical)
WHERE p.campaign_id = %(campaign_id)s AND p.state = 'superseded' AND n.paper_signature_id = p.id
    AND s.state = 'confirmed'
    AND NOT EXISTS (SELECT FROM delivery_number o WHERE o.signature_id = s.id)
"""
_NUMBER = f"""
INSERT INTO delivery_number (campaign_id, number, signature_id, paper_signature_id)
SELECT %(campaign_id)s, row_number() OVER (ORDER BY {IN_ORDER})
    + coalesce((SELECT max(number) FROM delivery_number WHERE campaign_id = %(campaign_id)s), 0),
    CASE kind WHEN 0 THEN id END, CASE kind WHEN 1 THEN id END
FROM {ROWS} WHERE number IS NULL
"""
_CHOSEN = f"FROM {ROWS} WHERE number IS NOT NULL AND NOT number <@ %(held)s::int8multirange"
_ROWS = f"SELECT {row_cells()} {_CHOSEN} ORDER BY number"
# Rows that follow one another are told by the difference to their place, which is then the same.
_TOTALS = f"""
WITH chosen AS (
    SELECT number, kind, row_number() OVER (ORDER BY number) AS place,
        row_number() OVER (PARTITION BY kind ORDER BY number) AS nth {_CHOSEN}
), runs AS (
    SELECT min(number) AS low, max(number) AS high, count(*) AS rows
    FROM chosen GROUP BY number - place
), paper AS (
    SELECT min(number) AS low, max(number) AS high, count(*) AS rows
    FROM chosen WHERE kind = 1 GROUP BY number - nth
), beside AS (
    SELECT min(number) AS low, max(number) AS high
    FROM chosen WHERE kind = 1 GROUP BY place - nth
)
SELECT coalesce(sum(rows), 0)::bigint AS count, min(low) AS first, max(high) AS last,
    range_agg(int8range(low, high, '[]'))::text AS numbers,
    (SELECT coalesce(sum(rows), 0)::bigint FROM paper) AS paper_count,
    (SELECT coalesce(range_agg(int8range(low, high, '[]')), '{{}}')::text FROM paper)
        AS paper_numbers,
    (SELECT coalesce(array_agg(ARRAY[low, high] ORDER BY low), '{{}}') FROM beside) AS paper,
    now() AS made_at
FROM runs
"""
_TEXTS = f"""
WITH chosen AS (SELECT pledge_text_id, count(*) AS signatures {_CHOSEN} GROUP BY 1)
SELECT t.version, t.sha256, t.markdown, chosen.signatures
FROM chosen JOIN pledge_text t ON t.id = chosen.pledge_text_id ORDER BY t.version
"""
# From then on the rows become fewer and fewer.
_GOING = """
SELECT EXISTS (SELECT FROM retention WHERE campaign_id = %s AND began_at IS NOT NULL)
"""


@dataclass(frozen=True)
class Totals:
    """What a delivery holds, as of one moment. Numbers are written as PostgreSQL does.

    `paper` are the first and last numbers of runs of rows that are all paper.
    """

    count: int
    first: int
    last: int
    numbers: str
    paper_count: int
    paper_numbers: str
    paper: list[list[int]]
    made_at: dt.datetime


@dataclass(frozen=True)
class Choice:
    """The signatures of one delivery: what is numbered, and `held` by its official already."""

    campaign_id: int
    cut_off: dt.datetime
    held: str
    slice: Slice

    query: ClassVar[str] = _ROWS

    @property
    def values(self) -> dict[str, Any]:
        """The values in `query`."""
        of_campaign = {"campaign_id": self.campaign_id, "cut_off": self.cut_off, "held": self.held}
        return {**of_campaign, **self.slice.values}

    def is_empty(self, pg: Session) -> bool:
        return not one(pg, f"SELECT EXISTS (SELECT {_CHOSEN})", self.values)[0]

    def totals(self, pg: Session) -> Totals:
        return Totals(*one(pg, _TOTALS, self.values))

    def texts(self, pg: Session) -> tuple[Text, ...]:
        return tuple(Text(*row) for row in pg.execute(_TEXTS, self.values))


def choose(pg: Session, to: Target, cut_off: dt.datetime, wish: Wish) -> Choice:
    """Number what is wanted of what there was at `cut_off`, and choose what the delivery holds.

    Call with the campaign's lock. Raises NothingNew.
    """
    if one(pg, _GOING, [to.campaign.id])[0]:
        raise NothingNew(f"the personal data of {to.campaign.slug!r} is gone or going")
    held = "{}" if wish.everything else held_by(pg, to)
    choice = Choice(to.campaign.id, cut_off, held, wish.slice)
    pg.execute(_FOLLOW, choice.values)
    pg.execute(_NUMBER, choice.values)
    if choice.is_empty(pg):
        part = " of this part" if wish.slice else ""
        raise NothingNew(
            f"there are no confirmed signatures{part} of {to.campaign.slug!r} "
            + (f"that {to.official.slug!r} does not have already" if held != "{}" else "yet")
        )
    return choice


def held_by(pg: Session, to: Target) -> str:
    """The numbers in finished deliveries to this official, as PostgreSQL writes them."""
    query = f"""
        SELECT coalesce(range_agg(numbers), '{{}}')::text FROM delivery
        WHERE campaign_id = %s AND official_id = %s AND {FINISHED}
        """
    return str(one(pg, query, [to.campaign.id, to.official_id])[0])
