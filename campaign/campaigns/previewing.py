"""A campaign as it would be, without storing it."""

from __future__ import annotations

from sqlalchemy import func, select

from campaign.campaigns.models import Campaign, CampaignOfficial, Official, PledgeText
from campaign.campaigns.publishing import campaign_draft
from campaign.content.drafts import Values
from campaign.content.models import Picture
from campaign.extensions import db


def unsaved_campaign(values: Values) -> tuple[Campaign, PledgeText]:
    """The campaign that a form describes, however unfinished, and the text of its pledge.

    A draft is shown as it will be once it is open.
    """
    draft = campaign_draft(db.session(), values)
    columns = dict(draft.values)
    slugs = [official["slug"] for official in columns.pop("officials")]
    state = columns.pop("state")
    campaign = Campaign(**columns, state="open" if state in ("", "draft") else state)
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
