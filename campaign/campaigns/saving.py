"""Saving a campaign from its form."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from campaign.accounts.audit import Actor
from campaign.campaigns.facts import forget_facts
from campaign.campaigns.models import Campaign
from campaign.campaigns.publishing import DELIVERED, campaign_draft, note_delivered
from campaign.campaigns.storing import store
from campaign.campaigns.texts import same_text
from campaign.campaigns.values import campaign_values
from campaign.content.drafts import Draft, Values, refuse_form
from campaign.content.history import Saved, lock, note_taken
from campaign.content.rules import suggested_slug
from campaign.content.storing import importing
from campaign.extensions import db

# Signatures lie above this package, so their table is known by its name alone.
_SIGNED = text("SELECT EXISTS (SELECT FROM signature WHERE campaign_id = :id)")


def save_campaign(
    values: Values,
    *,
    actor: Actor,
    slug: str | None = None,
    revision: int = 0,
    new_text: bool = False,
    reopen: bool = False,
) -> Saved:
    """Add a campaign, or save the campaign `slug` that was opened at `revision`.

    The rules are those for files; beyond them, a text that somebody has signed is only replaced
    with `new_text`, and a delivered campaign only taken up again with `reopen`. Raises Invalid by
    field, NotFound, and Stale when somebody else has saved since.
    """
    with importing() as session:
        if slug is None:
            draft = _new(session, values)
        else:
            draft = _again(session, values, slug, revision, reopen=reopen)
        # A new campaign whose address is in use replaces nothing: that is its mistake.
        if slug is not None and not new_text and _replaces_signed(session, draft):
            draft.mistakes.add(0, "must be ticked: people have signed the present text", "new_text")
        refuse_form(draft)
        saved = store(session, draft, actor)
    forget_facts()
    return saved


def is_signed(slug: str) -> bool:
    """Whether anybody has signed the campaign `slug`, whatever became of it."""
    found = db.session.scalar(select(Campaign.id).where(Campaign.slug == slug))
    return bool(db.session.scalar(_SIGNED, {"id": found}))


def _new(session: Session, values: Values) -> Draft:
    slug = values.get("slug") or suggested_slug(str(values.get("title", "")))
    draft = campaign_draft(session, {**values, "slug": slug})
    note_taken(session, Campaign, draft)
    return draft


def _again(session: Session, values: Values, slug: str, revision: int, *, reopen: bool) -> Draft:
    state = lock(session, Campaign, slug, revision).state
    if values.get("state") == state == DELIVERED:
        values = {**values, "state": ""}  # Nobody chooses it: it is left as it is.
    draft = campaign_draft(session, {**values, "slug": slug})
    if not reopen:
        note_delivered(session, draft)
    if draft.values.get("state") == "draft" != state and is_signed(slug):
        what = "cannot be draft any more: people have signed. Pause or close it instead"
        draft.mistakes.add(0, what, "state")
    return draft


def _replaces_signed(session: Session, draft: Draft) -> bool:
    before = campaign_values(session, draft.slug)
    if before is None or same_text(before["markdown"], draft.markdown):
        return False
    return is_signed(draft.slug)
