"""What was handed over: the deliveries that reached their offices, and the answers to them.

Nobody who works here is named, and nobody who signed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from campaign.delivery import wording
from campaign.delivery.arriving import ARRIVED
from campaign.delivery.offices import Office
from campaign.delivery.rows import BODY, NAME, ON_PAPER, TITLE
from campaign.errors import NotFound
from campaign.extensions import autocommit_engine

MOST = 500  # A campaign to a hundred officials has five for each on its page.

_HANDED = f"""
    SELECT d.id, d.number, c.slug, c.title AS campaign, c.ask, o.slug AS official,
        {NAME} AS name, {TITLE} AS title, {BODY} AS body, d.state, d.row_count, d.everything,
        d.countries, d.postcodes, d.cut_off, d.sent_at,
        d.acknowledged_at, d.acknowledged_by, d.sha256, coalesce(encode(d.root, 'hex'), '') AS root,
        d.statement IS NOT NULL AS stated, d.file IS NOT NULL AS kept,
        {ON_PAPER} AS paper
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id JOIN official o ON o.id = d.official_id
    WHERE d.state IN ('sent', 'acknowledged') AND c.state <> 'draft' AND {{which}}
    ORDER BY d.sent_at DESC, d.id DESC LIMIT {MOST}
"""
_OF_CAMPAIGN = text(_HANDED.format(which=f"c.slug = :slug AND {ARRIVED}"))
_TO_OFFICIAL = text(_HANDED.format(which="o.id = :official"))
_ONE = text(_HANDED.format(which="o.id = :official AND c.slug = :slug AND d.number = :number"))
_ANSWERS = text(
    f"""
    SELECT a.id, a.delivery_id, a.text, a.written_by, a.created_at, a.hidden_at,
        {NAME} AS name, {TITLE} AS title
    FROM office_answer a JOIN delivery d ON d.id = a.delivery_id
    JOIN official o ON o.id = d.official_id
    WHERE a.delivery_id = ANY(:ids) ORDER BY a.id
    """
)
_PUBLISHED = text(
    f"""
    SELECT a.id, a.delivery_id, a.text, a.written_by, a.created_at, a.hidden_at,
        {NAME} AS name, {TITLE} AS title
    FROM office_answer a JOIN delivery d ON d.id = a.delivery_id
    JOIN official o ON o.id = d.official_id
    WHERE d.campaign_id = :campaign AND a.hidden_at IS NULL ORDER BY a.id DESC LIMIT 5
    """
)
_ANY = text(
    f"""
    SELECT EXISTS (SELECT FROM delivery d WHERE d.campaign_id = :campaign AND {ARRIVED})
    """
)
_STATEMENT = text(
    f"""
    SELECT d.statement FROM delivery d JOIN campaign c ON c.id = d.campaign_id
    WHERE c.slug = :slug AND d.number = :number AND d.statement IS NOT NULL
        AND {ARRIVED} AND c.state <> 'draft'
    """
)


@dataclass(frozen=True)
class Answer:
    """What an office answered, and whose office that is."""

    id: int
    delivery_id: int
    text: str
    written_by: str
    created_at: dt.datetime
    hidden_at: dt.datetime | None
    name: str
    title: str


@dataclass(frozen=True)
class Handed:
    """A delivery that was sent."""

    id: int
    number: int
    slug: str
    campaign: str
    ask: str
    official: str
    name: str
    title: str
    body: str
    state: str
    row_count: int
    everything: bool
    countries: list[str]
    postcodes: list[str]
    cut_off: dt.datetime
    sent_at: dt.datetime
    acknowledged_at: dt.datetime | None
    acknowledged_by: str | None
    sha256: str
    root: str
    stated: bool
    kept: bool
    paper: int
    answers: tuple[Answer, ...] = ()

    @property
    def signatures(self) -> str:
        """How many, in words."""
        return wording.signatures(self.row_count, self.paper)

    @property
    def published(self) -> list[Answer]:
        """The answers that everybody may read."""
        return [answer for answer in self.answers if answer.hidden_at is None]


@dataclass(frozen=True)
class Published:
    """What the page of a campaign says of its deliveries."""

    any: bool = False
    answers: tuple[Answer, ...] = ()


def handed_of(slug: str) -> list[Handed]:
    """What of the campaign `slug` has reached its offices, the latest first."""
    return _read(_OF_CAMPAIGN, {"slug": slug})


def handed_to(office: Office) -> list[Handed]:
    """What was sent to an office, of all campaigns, the latest first."""
    return _read(_TO_OFFICIAL, {"official": office.id})


def handed(office: Office, slug: str, number: int) -> Handed:
    """One delivery to this office. Raises NotFound, also for one to somebody else."""
    found = _read(_ONE, {"official": office.id, "slug": slug, "number": number})
    if not found:
        raise NotFound
    return found[0]


def published(campaign_id: int) -> Published:
    """Whether anything of a campaign has reached an office, and the latest answers."""
    with autocommit_engine().connect() as connection:
        values = {"campaign": campaign_id}
        if not connection.execute(_ANY, values).scalar_one():
            return Published()
        rows = connection.execute(_PUBLISHED, values).mappings()
        return Published(True, tuple(Answer(**row) for row in rows))


def statement(slug: str, number: int) -> str:
    """The sealed statement of what a delivery holds. Raises NotFound."""
    with autocommit_engine().connect() as connection:
        values = {"slug": slug, "number": number}
        found = connection.execute(_STATEMENT, values).scalar_one_or_none()
    if found is None:
        raise NotFound
    return str(found)


def _read(query: Any, values: dict[str, Any]) -> list[Handed]:
    with autocommit_engine().connect() as connection:
        rows = connection.execute(query, values).mappings().all()
        answers = defaultdict(list)
        for one in connection.execute(_ANSWERS, {"ids": [row["id"] for row in rows]}).mappings():
            answers[one["delivery_id"]].append(Answer(**one))
    return [Handed(**row, answers=tuple(answers[row["id"]])) for row in rows]
