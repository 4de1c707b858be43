"""Campaigns, their texts and the officials, for those who write."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from campaign.campaigns.models import Campaign, CampaignOfficial, Official, PledgeText
from campaign.content.storing import containing
from campaign.errors import NotFound
from campaign.extensions import db

PER_PAGE = 50
Choice = tuple[str, str]


@dataclass(frozen=True)
class OfficialRow:
    """An official in the list, and by how many campaigns they are addressed."""

    slug: str
    name: str
    title: str
    body: str
    email: str
    campaigns: int


@dataclass(frozen=True)
class TextVersion:
    """A version of a campaign's pledge."""

    number: int
    at: dt.datetime
    markdown: str


def campaign_choices() -> list[Choice]:
    """Slug and title of every campaign, the newest first, to choose from."""
    found = select(Campaign.slug, Campaign.title).order_by(Campaign.created_at.desc())
    return [(row.slug, row.title) for row in db.session.execute(found)]


def official_choices() -> list[Choice]:
    """Slug and description of every official, by name, to choose from."""
    found = select(Official).order_by(Official.name, Official.id)
    return [(o.slug, f"{o.name}, {o.title}, {o.body}") for o in db.session.scalars(found)]


def officials(*, search: str = "", page: int = 1) -> tuple[list[OfficialRow], bool]:
    """A page of the officials by name, and whether there are more."""
    columns = (Official.slug, Official.name, Official.title, Official.body, Official.email)
    addressed = select(func.count()).where(CampaignOfficial.official_id == Official.id)
    chosen = (
        select(*columns, addressed.scalar_subquery().label("campaigns"))
        .where(containing(search, *columns))
        .order_by(Official.name, Official.id)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    )
    rows = [OfficialRow(**row) for row in db.session.execute(chosen).mappings()]
    return rows[:PER_PAGE], len(rows) > PER_PAGE


def text_versions(slug: str) -> list[TextVersion]:
    """Every version of the pledge of the campaign `slug`, the newest first. Raises NotFound."""
    columns = (PledgeText.version, PledgeText.created_at, PledgeText.markdown)
    of_campaign = select(Campaign.id).where(Campaign.slug == slug).scalar_subquery()
    chosen = select(*columns).where(PledgeText.campaign_id == of_campaign)
    rows = db.session.execute(chosen.order_by(PledgeText.version.desc())).all()
    if not rows:
        raise NotFound
    return [TextVersion(*row) for row in rows]
