"""Campaigns and officials as the values of their forms: what is edited, compared and kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.campaigns.models import Campaign, Official
from campaign.content.rules import written
from campaign.languages import DEFAULT

# What may be left out, and what stands for nothing then.
OFFICIAL_OPTIONAL = {"area_country": "", "area_postcodes": "", "age_key": "", "language": DEFAULT}
OFFICIAL_KEYS = ("slug", "name", "title", "body", "email", *OFFICIAL_OPTIONAL)


def campaign_values(session: Session, slug: str) -> dict[str, Any] | None:
    """What the form of the campaign `slug` would send to store it as it is; None without one."""
    chosen = select(Campaign).where(Campaign.slug == slug)
    found = session.scalar(chosen.execution_options(populate_existing=True))
    if found is None:
        return None
    session.refresh(found, ["texts", "addressed"])
    return {
        **{name: getattr(found, name) for name in ("title", "slug", "ask", "summary", "state")},
        "language": found.language,
        "goal": str(found.goal),
        "opens": written(found.opens_at),
        "closes": written(found.closes_at),
        "keep_months": str(found.keep_months or ""),
        "officials": [official.slug for official in found.officials],
        "picture": found.picture_sha256.hex() if found.picture_sha256 else "",
        "picture_alt": found.picture_alt,
        "markdown": found.texts[-1].markdown if found.texts else "",
    }


def official_values(session: Session, slug: str) -> dict[str, Any] | None:
    """What the form of the official `slug` would send; None without one."""
    found = session.scalar(select(Official).where(Official.slug == slug))
    return {name: getattr(found, name) for name in OFFICIAL_KEYS} if found else None
