"""A campaign as it would be, without storing it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from campaign.campaigns.models import (
    Campaign,
    CampaignOfficial,
    CampaignTranslation,
    Official,
    PledgeText,
    PledgeTextTranslation,
)
from campaign.campaigns.publishing import campaign_draft
from campaign.campaigns.translating import translation_draft
from campaign.campaigns.translations import KEYS, find_original
from campaign.content.drafts import Values
from campaign.content.models import Picture
from campaign.extensions import db
from campaign.languages import DEFAULT


def unsaved_campaign(values: Values) -> tuple[Campaign, PledgeText]:
    """The campaign that a form describes, however unfinished, and the text of its pledge.

    A draft is shown as it will be once it is open.
    """
    draft = campaign_draft(db.session(), values)
    columns = dict(draft.values)
    slugs = [official["slug"] for official in columns.pop("officials")]
    state, language = columns.pop("state"), columns.pop("language") or DEFAULT
    shown = "open" if state in ("", "draft") else state
    campaign = Campaign(**columns, state=shown, language=language)
    found = select(Official).where(Official.slug.in_(slugs))
    known = {official.slug: official for official in db.session.scalars(found)}
    campaign.addressed = [CampaignOfficial(official=known[s]) for s in slugs if s in known]
    if columns["picture_sha256"]:
        campaign.picture = db.session.get(Picture, columns["picture_sha256"])
    campaign.id, version = _known(draft.slug)
    return campaign, PledgeText(version=version + 1, html=draft.document.html())


def _known(slug: str) -> tuple[int, int]:
    """The number of the stored campaign, and of its last text; 0 and 0 when there is none."""
    columns = (Campaign.id, func.max(PledgeText.version))
    chosen = select(*columns).join(PledgeText, PledgeText.campaign_id == Campaign.id)
    found = db.session.execute(chosen.where(Campaign.slug == slug).group_by(Campaign.id)).first()
    return (found[0], found[1]) if found else (0, 0)


def unsaved_translation(values: Values, slug: str, language: str) -> Campaign:
    """The stored campaign with the translation that a form describes. Raises NotFound.

    It belongs to no session, so that nothing of it can be stored.
    """
    with Session(db.engine, autoflush=False) as session:
        campaign = find_original(session, slug, language)
        draft = translation_draft(values, slug, language)
        words = {name: draft.values[name] or getattr(campaign, name) for name in KEYS}
        translation = CampaignTranslation(language=language, stale=False, **words)
        set_committed_value(campaign, "translations", [translation])
        text = PledgeTextTranslation(language=language, html=draft.document.html())
        set_committed_value(campaign.texts[-1], "translations", [text])
        _ = campaign.officials  # Read now: without a session it cannot be.
        session.expunge_all()
        return campaign
