"""Campaigns from Markdown files with front matter, and the rules that forms share with them.

The body is the text of the pledge. Keys: title, slug, ask, goal, officials (a list, each entry
slug, name, title, body, email and, if wanted, area_country, area_postcodes, age_key, language; or
the slug alone of one who is known; a draft may do without); optional: summary, opens, closes,
keep_months, state, language. An optional key that is left out is emptied by the next import; state,
language and what is known of an official then stay as they are. Translations are in files of their
own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.accounts.audit import SYSTEM, Actor
from campaign.campaigns.facts import forget_facts
from campaign.campaigns.models import Campaign, Official
from campaign.campaigns.officials import official_columns
from campaign.campaigns.storing import store
from campaign.campaigns.texts import TOP_HEADING, note_length
from campaign.campaigns.translating import read_translation, store_translation
from campaign.campaigns.translations import originals
from campaign.campaigns.values import OFFICIAL_KEYS
from campaign.content import rules
from campaign.content.drafts import Draft, Values, draft_from, read_draft, refuse_mistakes
from campaign.content.frontmatter import Fields, line_of
from campaign.content.mistakes import Mistakes, quoted
from campaign.content.pictures import KEYS as PICTURE_KEYS
from campaign.content.pictures import picture_columns
from campaign.content.storing import Imported, importing
from campaign.content.translating import KNOWN, languages_of, sorted_out

KEYS: tuple[str, ...] = ("title", "slug", "ask", "goal", "summary", "opens", "closes", "state")
KEYS += ("language", "keep_months", "officials")
STATES = ("draft", "open", "paused", "closed")
DELIVERED = "delivered"
MAX_OFFICIALS = 100


def import_campaigns(paths: Sequence[Path], *, actor: Actor = SYSTEM) -> list[Imported]:
    """Add the campaigns in the files at `paths`, or update those with the same slug; likewise
    their translations.

    All or none: raises ContentError with every mistake in every file. A changed text becomes
    a new version; signatures keep the version that they signed.
    """
    with importing() as session:
        imported = store_campaigns(session, paths, actor=actor)
    forget_facts()
    return imported


def store_campaigns(
    session: Session, paths: Sequence[Path], *, actor: Actor = SYSTEM
) -> list[Imported]:
    """The same within a transaction that the caller commits."""
    own, others = sorted_out(paths)
    drafts = [_read(session, path) for path in own]
    known = languages_of(drafts, originals(session))
    translations = [read_translation(path, known) for path in others]
    refuse_mistakes([*drafts, *translations])
    saved = [store(session, draft, actor) for draft in drafts]
    saved += [store_translation(session, draft, actor) for draft in translations]
    return [Imported(one.slug, one.outcome, one.note) for one in saved]


def _read(session: Session, path: Path) -> Draft:
    draft = _checked(session, read_draft(path, KEYS, top_heading=TOP_HEADING))
    note_delivered(session, draft)
    return draft


def campaign_draft(session: Session, values: Values) -> Draft:
    """What a form says about a campaign, checked by the rules for files."""
    known = KEYS + PICTURE_KEYS
    draft = _checked(session, draft_from(values, known, top_heading=TOP_HEADING))
    if draft.fields:
        draft.values |= picture_columns(draft.fields)
    return draft


def note_delivered(session: Session, draft: Draft) -> None:
    """Note as a mistake that a draft would reopen a campaign that has been delivered."""
    state = select(Campaign.state).where(Campaign.slug == draft.slug)
    if draft.values.get("state") and draft.fields and session.scalar(state) == DELIVERED:
        draft.fields.wrong("state", "cannot be changed so: the campaign has been delivered")


def _checked(session: Session, draft: Draft) -> Draft:
    if draft.fields:
        draft.values = _columns(session, draft.fields, draft.mistakes)
    note_length(draft)
    return draft


def _columns(session: Session, fields: Fields, mistakes: Mistakes) -> dict[str, object]:
    opens = fields.optional("opens", rules.opening, None)
    closes = fields.optional("closes", rules.closing, None)
    if opens and closes and closes <= opens:
        fields.wrong("closes", "must come after opens")
    state = fields.optional("state", rules.one_of(*STATES), "")
    return {
        "title": fields.required("title", rules.text(200), ""),
        "slug": fields.required("slug", rules.slug, ""),
        "ask": fields.required("ask", rules.text(300), ""),
        "goal": fields.required("goal", rules.number, 0),
        "summary": fields.optional("summary", rules.text(500), ""),
        "opens_at": opens,
        "closes_at": closes,
        "keep_months": fields.optional("keep_months", rules.months, None),
        "state": state,
        "language": fields.optional("language", rules.one_of(*KNOWN), ""),
        "officials": _officials(session, fields, mistakes, needed=state != "draft"),
    }


def _officials(
    session: Session, fields: Fields, mistakes: Mistakes, *, needed: bool
) -> list[dict[str, str]]:
    none: list[yaml.Node] = []
    read = fields.required if needed else fields.optional
    nodes = read("officials", rules.items(MAX_OFFICIALS), none)
    found = [_official(session, node, mistakes, number) for number, node in enumerate(nodes, 1)]
    slugs = [official["slug"] for official in found]
    for number, (node, slug) in enumerate(zip(nodes, slugs, strict=True), 1):
        first = slugs.index(slug) + 1
        if slug and first < number:
            what = f"is the same as that of officials[{first}]"
            mistakes.add(line_of(node), what, f"officials[{number}].slug")
    return found


def _official(session: Session, node: yaml.Node, mistakes: Mistakes, number: int) -> dict[str, str]:
    """One entry of the list: an official in full, or the slug alone of one who is known."""
    name = f"officials[{number}]"
    if not isinstance(node, yaml.ScalarNode) or not rules.SLUG.fullmatch(str(node.value)):
        return official_columns(Fields(node, mistakes, known=OFFICIAL_KEYS, prefix=f"{name}."))
    slug = str(node.value)
    if session.scalar(select(Official.id).where(Official.slug == slug)) is None:
        mistakes.add(line_of(node), f"{quoted(slug)} is nobody who is known", name)
    return {"slug": slug}
