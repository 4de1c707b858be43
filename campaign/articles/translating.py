"""Translations of articles, from files and forms: the rules for one, and storing it on record.

Keys: title; optional: section, topic (as in the original, where they are left out), summary,
picture_alt. Below stands the text, with the same marks: “Take Action:” and “Read More:” are read,
not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from campaign.accounts.audit import Actor, record
from campaign.articles.bodies import blocks_of
from campaign.articles.models import ArticleTranslation
from campaign.articles.translations import KEYS, find_original, find_row, translation_values
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
    draft = read_draft(path, HEAD + KEYS, top_heading=2)
    read_head(draft, path, originals)
    return _checked(draft)


def translation_draft(values: Values, slug: str, language: str) -> Draft:
    """What a form says about a translation, checked by the rules for files."""
    draft = draft_from(values, KEYS, top_heading=2)
    address_to(draft, slug, language)
    return _checked(draft)


def save_translation(
    values: Values, *, actor: Actor, slug: str, language: str, revision: int
) -> Saved:
    """Save the article `slug` in `language`, as it was opened at `revision`; 0 for a new one.

    Raises Invalid by field, NotFound, and Stale when somebody else has saved since.
    """
    with importing() as session:
        article = find_original(session, slug, language)
        refuse_stale(find_row(session, article, language), revision)
        draft = translation_draft(values, slug, language)
        refuse_form(draft)
        return store_translation(session, draft, actor)


def store_translation(session: Session, draft: Draft, actor: Actor) -> Saved:
    """Add or update the translation of a draft without mistakes, on record."""
    slug, language = draft.values["translates"], draft.values["language"]
    article = find_original(session, slug, language)
    before = translation_values(session, article, language)
    row = find_row(session, article, language)
    if row is None:
        row = ArticleTranslation(article_id=article.id, language=language, stale=False)
        session.add(row)
    for name in (*KEYS, "markdown", "blocks"):
        setattr(row, name, draft.values[name])
    session.flush()
    after = translation_values(session, article, language) or {}
    subject = f"article:{slug}:{language}"
    saved = keep_translation(
        session, row, subject, before, after, by=actor.name, renewed=bool(row.stale)
    )
    if saved.outcome != UNCHANGED:
        details = {"revision": saved.revision, "changed": saved.note or "everything"}
        action = f"article translation {saved.outcome}"
        record(session.connection(), actor, action, subject, details)
    return saved


def _checked(draft: Draft) -> Draft:
    if draft.fields:
        draft.values |= {
            "title": draft.fields.required("title", rules.text(200), ""),
            "section": draft.fields.optional("section", rules.text(60), ""),
            "topic": draft.fields.optional("topic", rules.text(80), ""),
            "summary": draft.fields.optional("summary", rules.text(500), ""),
            "picture_alt": draft.fields.optional("picture_alt", rules.text(300), ""),
        }
    draft.values |= {"markdown": draft.markdown, "blocks": blocks_of(draft)}
    return draft
