"""Translations of campaigns, from files and forms: the rules for one, and storing it on record.

Keys: title, ask; optional: summary, picture_alt. The text is that of the pledge in its present
version. What people sign stays the original.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from campaign.accounts.audit import Actor, record
from campaign.campaigns.facts import forget_facts
from campaign.campaigns.models import CampaignTranslation, PledgeText
from campaign.campaigns.models import PledgeTextTranslation as Text
from campaign.campaigns.texts import TOP_HEADING, note_length, same_text, text_columns
from campaign.campaigns.translations import KEYS, find_original, find_row, translation_values
from campaign.content import rules
from campaign.content.drafts import Draft, Values, draft_from, read_draft, refuse_form
from campaign.content.history import Saved
from campaign.content.storing import UNCHANGED, importing
from campaign.content.translating import (
    HEAD,
    address_to,
    keep_translation,
    read_head,
    refuse_stale,
)


def read_translation(path: Path, originals: Mapping[str, str]) -> Draft:
    """The translation in the file at `path`, of one of the `originals`, checked."""
    draft = read_draft(path, HEAD + KEYS, top_heading=TOP_HEADING)
    read_head(draft, path, originals)
    return _checked(draft)


def translation_draft(values: Values, slug: str, language: str) -> Draft:
    """What a form says about a translation, checked by the rules for files."""
    draft = draft_from(values, KEYS, top_heading=TOP_HEADING)
    address_to(draft, slug, language)
    return _checked(draft)


def save_translation(
    values: Values, *, actor: Actor, slug: str, language: str, revision: int
) -> Saved:
    """Save the campaign `slug` in `language`, as it was opened at `revision`; 0 for a new one.

    Raises Invalid by field, NotFound, and Stale when somebody else has saved since.
    """
    with importing() as session:
        campaign = find_original(session, slug, language)
        refuse_stale(find_row(session, campaign, language), revision)
        draft = translation_draft(values, slug, language)
        refuse_form(draft)
        saved = store_translation(session, draft, actor)
    forget_facts()
    return saved


def store_translation(session: Session, draft: Draft, actor: Actor) -> Saved:
    """Add or update the translation of a draft without mistakes, on record."""
    slug, language = draft.values["translates"], draft.values["language"]
    campaign = find_original(session, slug, language)
    before = translation_values(session, campaign, language)
    row = find_row(session, campaign, language)
    if row is None:
        row = CampaignTranslation(campaign_id=campaign.id, language=language, stale=False)
        session.add(row)
    for name in KEYS:
        setattr(row, name, draft.values[name])
    renewed = _put_text(session, campaign.texts[-1], language, draft) or row.stale
    session.flush()
    after = translation_values(session, campaign, language) or {}
    subject = f"campaign:{slug}:{language}"
    saved = keep_translation(session, row, subject, before, after, by=actor.name, renewed=renewed)
    if saved.outcome != UNCHANGED:
        details = {"revision": saved.revision, "changed": saved.note or "everything"}
        details["text version"] = str(campaign.texts[-1].version)
        action = f"campaign translation {saved.outcome}"
        record(session.connection(), actor, action, subject, details)
    return saved


def _put_text(session: Session, text: PledgeText, language: str, draft: Draft) -> bool:
    """Put a version of a pledge in `language`. Returns whether it had not been translated."""
    row = session.get(Text, {"pledge_text_id": text.id, "language": language})
    columns = text_columns(draft)
    if row is None:
        session.add(Text(pledge_text_id=text.id, language=language, **columns))
        return True
    if not same_text(row.markdown, draft.markdown):
        for name, value in columns.items():
            setattr(row, name, value)
    return False


def _checked(draft: Draft) -> Draft:
    if draft.fields:
        draft.values |= {
            "title": draft.fields.required("title", rules.text(200), ""),
            "ask": draft.fields.required("ask", rules.text(300), ""),
            "summary": draft.fields.optional("summary", rules.text(500), ""),
            "picture_alt": draft.fields.optional("picture_alt", rules.text(300), ""),
        }
    note_length(draft)
    return draft
