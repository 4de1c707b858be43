"""Putting a campaign that has been checked into the database, on record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaign.accounts.audit import Actor, record
from campaign.campaigns.models import (
    Campaign,
    CampaignOfficial,
    CampaignTranslation,
    Official,
    PledgeText,
)
from campaign.campaigns.officials import store_official
from campaign.campaigns.texts import same_text, text_columns
from campaign.campaigns.values import campaign_values
from campaign.content.drafts import Draft
from campaign.content.history import Saved, changed, keep
from campaign.content.storing import ADDED, UNCHANGED, UPDATED, put
from campaign.content.translating import WORDS
from campaign.languages import DEFAULT

FIRST_STATE = "open"


def store(session: Session, draft: Draft, actor: Actor) -> Saved:
    """Add or update the campaign of a draft without mistakes, on record."""
    before = campaign_values(session, draft.slug)
    values = dict(draft.values)
    officials = values.pop("officials")
    # What is left out stays as it is.
    first = {"state": FIRST_STATE, "language": DEFAULT} | (before or {})
    kept = {name: values.pop(name) or first[name] for name in ("state", "language")}
    campaign, _ = put(session, Campaign, values | kept)
    version, new_text = _put_text(session, campaign, draft)
    others = _put_officials(session, campaign, officials, actor)
    session.flush()
    after = campaign_values(session, draft.slug) or {}
    fields = changed(before, after)
    outcome = ADDED if before is None else UPDATED if fields or others else UNCHANGED
    number = campaign.revision
    if WORDS & set(fields):
        mine = CampaignTranslation.campaign_id == campaign.id
        session.execute(update(CampaignTranslation).where(mine).values(stale=True))
    if fields:
        subject = f"campaign:{draft.slug}"
        number = keep(session, campaign, subject, before, after, by=actor.name)
        details = _details(before, after, fields, number)
        if new_text:
            details |= {"old text version": version - 1, "new text version": version}
        record(session.connection(), actor, f"campaign {outcome}", subject, details)
    return Saved(draft.slug, outcome, number, f"text version {version}" if new_text else "")


def _details(
    before: dict[str, Any] | None, after: dict[str, Any], fields: list[str], number: int
) -> dict[str, Any]:
    """What the record says of a save: of a text that changed, only that it did."""
    details = {"revision": number, "changed": ", ".join(fields) if before else "everything"}
    for name in ("state", "opens", "closes", "goal", "keep_months"):
        if before and name in fields:
            details[name] = f"{before[name] or 'none'} → {after[name] or 'none'}"
    return details


def _put_text(session: Session, campaign: Campaign, draft: Draft) -> tuple[int, bool]:
    """The number of the current version, and whether this save made it."""
    versions = select(PledgeText).where(PledgeText.campaign_id == campaign.id)
    last = session.scalars(versions.order_by(PledgeText.version.desc()).limit(1)).one_or_none()
    if last and same_text(last.markdown, draft.markdown):
        return last.version, False
    # The campaign's row is locked: nobody else can be making the same version.
    version = last.version + 1 if last else 1
    row = {"campaign_id": campaign.id, "version": version, **text_columns(draft)}
    session.add(PledgeText(**row))
    return version, True


def _put_officials(
    session: Session, campaign: Campaign, officials: list[dict[str, str]], actor: Actor
) -> bool:
    """Address the campaign to these, in this order. Returns whether one of them changed."""
    given = [official for official in officials if len(official) > 1]
    outcomes = [store_official(session, official, actor)[1].outcome for official in given]
    slugs = [official["slug"] for official in officials]
    found = select(Official.slug, Official.id).where(Official.slug.in_(slugs))
    ids = {row.slug: row.id for row in session.execute(found)}
    wanted = [ids[slug] for slug in slugs]
    mine = CampaignOfficial.campaign_id == campaign.id
    present = select(CampaignOfficial.official_id).where(mine).order_by(CampaignOfficial.position)
    if list(session.scalars(present)) != wanted:
        session.execute(delete(CampaignOfficial).where(mine))
        for position, official_id in enumerate(wanted, 1):
            row = {"campaign_id": campaign.id, "official_id": official_id, "position": position}
            session.add(CampaignOfficial(**row))
    return any(outcome != UNCHANGED for outcome in outcomes)
