"""Who has just confirmed, for the page of thanks: their number, and what they could sign next."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, func, select

from campaign.campaigns.models import Campaign
from campaign.errors import LinkExpired, NotFound
from campaign.extensions import db, run_statement
from campaign.links import read_token
from campaign.signatures.confirming import PURPOSE
from campaign.signatures.models import Signature
from campaign.signatures.models_counted import CampaignCount
from campaign.signatures.signing import CONFIRM_DAYS

# Hours before that of this confirmation are read from the sums that counting keeps, with what
# waits to be folded into them; only the hour itself is counted, in the index of the confirmed. All
# of it is one snapshot: a change is in the sums or waits, never both.
_SIGNER = """
SELECT s.id, s.email_canonical,
    (SELECT coalesce(sum(confirmed), 0) FROM signature_hour
        WHERE campaign_id = s.campaign_id AND hour < this.hour)
    + (SELECT count(*) FILTER (WHERE new_state = 'confirmed')
            - count(*) FILTER (WHERE old_state = 'confirmed') FROM signature_change
        WHERE campaign_id = s.campaign_id AND coalesce(confirmed_at, signed_at) < this.hour)
    + (SELECT count(*) FROM signature
        WHERE campaign_id = s.campaign_id AND state = 'confirmed'
            AND confirmed_at >= this.hour AND (confirmed_at, id) <= (s.confirmed_at, s.id))
FROM signature s JOIN campaign c ON c.id = s.campaign_id
CROSS JOIN LATERAL (SELECT date_trunc('hour', s.confirmed_at, 'UTC') AS hour) AS this
WHERE s.id = %(id)s AND s.state = 'confirmed' AND c.slug = %(slug)s
"""


@dataclass(frozen=True)
class Signer:
    """Somebody whose signature counts, and its place among the confirmed ones of its campaign."""

    id: int
    email_canonical: str
    number: int


def signer_of(token: str, slug: str) -> Signer | None:
    """Whose confirmation link `token` is of; None unless their signature of `slug` counts."""
    try:
        number = read_token(PURPOSE, token, valid_days=CONFIRM_DAYS)
    except (NotFound, LinkExpired):
        return None
    rows = run_statement(_SIGNER, {"id": number, "slug": slug})
    return Signer(rows[0][0], rows[0][1], int(rows[0][2])) if rows else None


def next_for(signer: Signer) -> Campaign | None:
    """The open campaign nearest to its goal, or else the newest, with nothing by `signer` in it."""
    counted = func.coalesce(CampaignCount.confirmed + CampaignCount.paper, 0)
    missing = func.nullif(func.greatest(Campaign.goal - counted, 0), 0)
    has_signed = exists().where(
        Signature.campaign_id == Campaign.id, Signature.email_canonical == signer.email_canonical
    )
    return db.session.scalar(
        select(Campaign)
        .outerjoin(CampaignCount, CampaignCount.campaign_id == Campaign.id)
        .where(Campaign.accepting(), ~has_signed)
        .order_by(missing.asc().nulls_last(), Campaign.created_at.desc(), Campaign.id.desc())
        .limit(1)
    )
