"""Which signatures a delivery holds, and the numbers that they carry.

A signature gets its number in its campaign the first time that it is put into any delivery, in
the order of confirmation, and keeps it for good. A delivery holds what no finished delivery to
the same official holds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from campaign.delivery.describing import Official, Text
from campaign.delivery.errors import NothingNew
from campaign.delivery.exporting import cells
from campaign.delivery.session import Session, Subject, one, subject
from campaign.errors import NotFound

# Deliveries in these states are in the official's hands, or may be from one moment to the next.
_FINISHED = "state IN ('ready', 'sent', 'acknowledged')"

_NUMBER = """
INSERT INTO delivery_number (signature_id, campaign_id, number)
SELECT s.id, s.campaign_id, row_number() OVER (ORDER BY s.confirmed_at, s.id)
    + coalesce((SELECT max(number) FROM delivery_number WHERE campaign_id = %(campaign_id)s), 0)
FROM signature s
WHERE s.campaign_id = %(campaign_id)s AND s.state = 'confirmed'
    AND s.confirmed_at <= %(cut_off)s
    AND NOT EXISTS (SELECT FROM delivery_number n
        WHERE n.signature_id = s.id AND n.campaign_id = %(campaign_id)s)
"""
_CHOSEN = """
FROM delivery_number n JOIN signature s ON s.id = n.signature_id
WHERE n.campaign_id = %(campaign_id)s AND s.campaign_id = %(campaign_id)s
    AND s.state = 'confirmed' AND s.confirmed_at <= %(cut_off)s
    AND NOT n.number <@ %(held)s::int8multirange
"""
_ROWS = f"SELECT {cells('n.number')} {_CHOSEN} ORDER BY n.number"
_TOTALS = f"""
WITH chosen AS (SELECT n.number, n.number - row_number() OVER (ORDER BY n.number) AS run {_CHOSEN}),
    runs AS (SELECT min(number) AS low, max(number) AS high, count(*) AS rows
        FROM chosen GROUP BY run)
SELECT coalesce(sum(rows), 0)::bigint AS count, min(low) AS first, max(high) AS last,
    range_agg(int8range(low, high, '[]'))::text AS numbers, now() AS made_at
FROM runs
"""
_TEXTS = f"""
WITH chosen AS (SELECT s.pledge_text_id, count(*) AS signatures {_CHOSEN} GROUP BY 1)
SELECT t.version, t.sha256, t.markdown, chosen.signatures
FROM chosen JOIN pledge_text t ON t.id = chosen.pledge_text_id ORDER BY t.version
"""


class Target(NamedTuple):
    """Whose signatures are delivered to whom."""

    campaign: Subject
    official_id: int
    official: Official


@dataclass(frozen=True)
class Totals:
    """What a delivery holds, as of one moment. `numbers` is written as PostgreSQL does."""

    count: int
    first: int
    last: int
    numbers: str
    made_at: dt.datetime


def target(pg: Session, slug: str, official_slug: str) -> Target:
    """The campaign and one of the officials that it addresses. Raises NotFound."""
    campaign = subject(pg, slug)
    if campaign is None:
        raise NotFound(f"there is no campaign {slug!r}")
    found = pg.execute(
        """
        SELECT o.id, o.slug, o.name, o.title, o.body
        FROM official o JOIN campaign_official a ON a.official_id = o.id
        WHERE a.campaign_id = %s AND o.slug = %s
        """,
        [campaign.id, official_slug],
    ).fetchone()
    if found is None:
        raise NotFound(f"the campaign {slug!r} does not address an official {official_slug!r}")
    return Target(campaign, found.id, Official(*found[1:]))


def lock_pair(pg: Session, to: Target, *, wait: bool = True) -> bool:
    """Hold the right to compile for this official until the session ends.

    The session's end frees it, so whoever holds it knows that nobody else is compiling.
    Returns False, without `wait`, when somebody is.
    """
    how = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    name = f"delivery of campaign {to.campaign.id} to official {to.official_id}"
    return one(pg, f"SELECT {how}(hashtextextended(%s, 0))", [name])[0] is not False


def lock_campaign(pg: Session, campaign_id: int) -> dt.datetime:
    """Take the turn to give numbers in this campaign until the transaction ends; the time then."""
    name = f"numbers of campaign {campaign_id}"
    one(pg, "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    moment: dt.datetime = one(pg, "SELECT clock_timestamp()")[0]
    return moment


@dataclass(frozen=True)
class Choice:
    """The signatures of one delivery: what is numbered, and `held` by its official already."""

    campaign_id: int
    cut_off: dt.datetime
    held: str

    query: ClassVar[str] = _ROWS

    @property
    def values(self) -> dict[str, Any]:
        """The values in `query`."""
        return vars(self)

    def is_empty(self, pg: Session) -> bool:
        return not one(pg, f"SELECT EXISTS (SELECT {_CHOSEN})", self.values)[0]

    def totals(self, pg: Session) -> Totals:
        return Totals(*one(pg, _TOTALS, self.values))

    def texts(self, pg: Session) -> tuple[Text, ...]:
        return tuple(Text(*row) for row in pg.execute(_TEXTS, self.values))


def choose(pg: Session, to: Target, cut_off: dt.datetime, *, everything: bool) -> Choice:
    """Number what was confirmed up to `cut_off`, and choose what the delivery holds.

    Call with the campaign's lock. Raises NothingNew.
    """
    choice = Choice(to.campaign.id, cut_off, "{}" if everything else _held_by(pg, to))
    pg.execute(_NUMBER, choice.values)
    if choice.is_empty(pg):
        raise NothingNew(
            f"there are no confirmed signatures of {to.campaign.slug!r} "
            + (f"that {to.official.slug!r} does not have already" if choice.held != "{}" else "yet")
        )
    return choice


def _held_by(pg: Session, to: Target) -> str:
    query = f"""
        SELECT coalesce(range_agg(numbers), '{{}}')::text FROM delivery
        WHERE campaign_id = %s AND official_id = %s AND {_FINISHED}
        """
    return str(one(pg, query, [to.campaign.id, to.official_id])[0])
