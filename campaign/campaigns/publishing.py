"""Campaigns from Markdown files with front matter; the body is the text of the pledge.

Keys: title, slug, ask, goal, officials (a list of slug, name, title, body, email); optional:
summary, opens, closes, state. An optional key that is left out is emptied by the next import;
state alone then stays as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.campaigns.facts import forget_facts
from campaign.campaigns.models import Campaign, CampaignOfficial, Official, PledgeText
from campaign.content import rules
from campaign.content.drafts import Draft, read_draft, refuse_mistakes
from campaign.content.frontmatter import Fields, line_of
from campaign.content.mistakes import Mistakes
from campaign.content.storing import UNCHANGED, UPDATED, Imported, importing, put

KEYS = ("title", "slug", "ask", "goal", "summary", "opens", "closes", "state", "officials")
OFFICIAL_KEYS = ("slug", "name", "title", "body", "email")
STATES = ("draft", "open", "paused", "closed")
FIRST_STATE = "open"
MAX_OFFICIALS = 100
MAX_PLEDGE = 20_000


def import_campaigns(paths: Sequence[Path]) -> list[Imported]:
    """Add the campaigns in the files at `paths`, or update those with the same slug.

    All or none: raises ContentError with every mistake in every file. A changed text becomes
    a new version; signatures keep the version that they signed.
    """
    with importing() as session:
        imported = store_campaigns(session, paths)
    forget_facts()
    return imported


def store_campaigns(session: Session, paths: Sequence[Path]) -> list[Imported]:
    """The same within a transaction that the caller commits."""
    drafts = [_read(path) for path in paths]
    refuse_mistakes(drafts)
    return [_store(session, draft) for draft in drafts]


def _read(path: Path) -> Draft:
    # The page has a heading of its own above the pledge, so headings in it start below that.
    draft = read_draft(path, KEYS, top_heading=3)
    if draft.fields:
        draft.values = _columns(draft.fields, draft.mistakes)
    if len(draft.markdown) > MAX_PLEDGE:
        what = f"the pledge has {len(draft.markdown)} characters; it may have at most {MAX_PLEDGE}"
        draft.mistakes.add(draft.body_line, what)
    return draft


def _columns(fields: Fields, mistakes: Mistakes) -> dict[str, object]:
    opens = fields.optional("opens", rules.opening, None)
    closes = fields.optional("closes", rules.closing, None)
    if opens and closes and closes <= opens:
        fields.wrong("closes", "must come after opens")
    return {
        "title": fields.required("title", rules.text(200), ""),
        "slug": fields.required("slug", rules.slug, ""),
        "ask": fields.required("ask", rules.text(300), ""),
        "goal": fields.required("goal", rules.number, 0),
        "summary": fields.optional("summary", rules.text(500), ""),
        "opens_at": opens,
        "closes_at": closes,
        "state": fields.optional("state", rules.one_of(*STATES), ""),
        "officials": _officials(fields, mistakes),
    }


def _officials(fields: Fields, mistakes: Mistakes) -> list[dict[str, str]]:
    none: list[yaml.Node] = []
    nodes = fields.required("officials", rules.items(MAX_OFFICIALS), none)
    found = [_official(node, mistakes, number) for number, node in enumerate(nodes, 1)]
    slugs = [official["slug"] for official in found]
    for number, (node, slug) in enumerate(zip(nodes, slugs, strict=True), 1):
        first = slugs.index(slug) + 1
        if slug and first < number:
            what = f"officials[{number}].slug is the same as that of officials[{first}]"
            mistakes.add(line_of(node), what)
    return found


def _official(node: yaml.Node, mistakes: Mistakes, number: int) -> dict[str, str]:
    prefix = f"officials[{number}]."
    fields = Fields(node, mistakes, known=OFFICIAL_KEYS, prefix=prefix)
    return {
        "slug": fields.required("slug", rules.slug, ""),
        "name": fields.required("name", rules.text(120), ""),
        "title": fields.required("title", rules.text(120), ""),
        "body": fields.required("body", rules.text(120), ""),
        "email": fields.required("email", rules.address, ""),
    }


def _store(session: Session, draft: Draft) -> Imported:
    values = dict(draft.values)
    officials, state = values.pop("officials"), values.pop("state")
    first = {} if state else {"state": FIRST_STATE}
    campaign, outcome = put(session, Campaign, values | ({"state": state} if state else {}), first)
    version, new_text = _put_text(session, campaign, draft)
    if (_put_officials(session, campaign, officials) or new_text) and outcome == UNCHANGED:
        outcome = UPDATED
    return Imported(draft.slug, outcome, f"text version {version}" if new_text else "")


def _put_text(session: Session, campaign: Campaign, draft: Draft) -> tuple[int, bool]:
    """The number of the current version, and whether this import made it."""
    sha256 = hashlib.sha256(draft.markdown.encode()).hexdigest()
    versions = select(PledgeText).where(PledgeText.campaign_id == campaign.id)
    last = session.scalars(versions.order_by(PledgeText.version.desc()).limit(1)).one_or_none()
    if last and last.sha256 == sha256:
        return last.version, False
    # The campaign's row is locked: nobody else can be making the same version.
    version = last.version + 1 if last else 1
    html = draft.document.html()
    session.add(
        PledgeText(
            campaign_id=campaign.id,
            version=version,
            markdown=draft.markdown,
            html=html,
            sha256=sha256,
        )
    )
    return version, True


def _put_officials(session: Session, campaign: Campaign, officials: list[dict[str, str]]) -> bool:
    """Address the campaign to these, in this order. Returns whether anything changed."""
    stored = [put(session, Official, official) for official in officials]
    wanted = [official.id for official, _ in stored]
    mine = CampaignOfficial.campaign_id == campaign.id
    present = select(CampaignOfficial.official_id).where(mine).order_by(CampaignOfficial.position)
    if list(session.scalars(present)) == wanted:
        return any(outcome != UNCHANGED for _, outcome in stored)
    session.execute(delete(CampaignOfficial).where(mine))
    for position, official_id in enumerate(wanted, 1):
        row = {"campaign_id": campaign.id, "official_id": official_id, "position": position}
        session.add(CampaignOfficial(**row))
    return True
