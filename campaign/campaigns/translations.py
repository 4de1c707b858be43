"""Which translations a campaign has, and each as the values of its form."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.campaigns.models import Campaign, CampaignTranslation, PledgeText
from campaign.campaigns.models import PledgeTextTranslation as Text
from campaign.campaigns.values import campaign_values
from campaign.content.translating import KNOWN, OpenedTranslation, State, as_opened, states
from campaign.errors import NotFound
from campaign.extensions import db

KEYS = ("title", "ask", "summary", "picture_alt")


def originals(session: Session) -> dict[str, str]:
    """The language that every campaign is written in, by its slug."""
    found = session.execute(select(Campaign.slug, Campaign.language))
    return {row.slug: row.language for row in found}


def find_original(session: Session, slug: str, language: str) -> Campaign:
    """The campaign `slug`, to be translated into `language`.

    Raises NotFound, also for a language that is not known or is that of the original.
    """
    campaign = session.scalar(select(Campaign).where(Campaign.slug == slug))
    if campaign is None or language not in KNOWN or language == campaign.language:
        raise NotFound
    return campaign


def find_row(session: Session, campaign: Campaign, language: str) -> CampaignTranslation | None:
    """The campaign's translation into `language`."""
    key = {"campaign_id": campaign.id, "language": language}
    return session.get(CampaignTranslation, key)


def translation_values(
    session: Session, campaign: Campaign, language: str
) -> dict[str, Any] | None:
    """What the form of a translation would send to store it as it is; None without one.

    Where the pledge has a newer version since, the text is the last that was translated.
    """
    row = find_row(session, campaign, language)
    if row is None:
        return None
    last = (
        select(Text.markdown)
        .join(PledgeText, PledgeText.id == Text.pledge_text_id)
        .where(PledgeText.campaign_id == campaign.id, Text.language == language)
        .order_by(PledgeText.version.desc())
        .limit(1)
    )
    words = {name: getattr(row, name) for name in KEYS}
    return {"slug": campaign.slug, **words, "markdown": session.scalar(last) or ""}


def opened_translation(slug: str, language: str) -> OpenedTranslation:
    """The form for the campaign `slug` in `language`, and the original. Raises NotFound."""
    with Session(db.engine) as session:
        campaign = find_original(session, slug, language)
        original = campaign_values(session, slug) or {}
        values = translation_values(session, campaign, language) or {"slug": slug}
        row = find_row(session, campaign, language)
        return OpenedTranslation(original, campaign.language, as_opened(row, values))


def translation_states(slug: str) -> tuple[str, str, list[State]]:
    """The title and language of the campaign `slug`, and how it stands with every other language.

    A translation is stale as well when the present version of the pledge is not translated.
    """
    campaign = db.session.scalar(select(Campaign).where(Campaign.slug == slug))
    if campaign is None:
        raise NotFound
    read = {text.language for text in campaign.texts[-1].translations}
    old = [code for code in KNOWN if code not in read]
    return (
        campaign.title,
        campaign.language,
        states(campaign.language, campaign.translations, stale=old),
    )
