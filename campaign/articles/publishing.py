"""Articles from Markdown files with front matter, and the rules that forms share with them.

Keys: title, slug, section, topic, author, published (a date or a moment; a draft may do without);
optional: summary, campaign (the slug of the campaign that the article's calls to take action lead
to), related (the slugs of articles to read on with), state (draft or published).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.accounts.audit import SYSTEM, Actor, record
from campaign.articles.blocks import TAKE_ACTION, pieces
from campaign.articles.models import STATES, Article
from campaign.articles.values import article_values
from campaign.campaigns.models import Campaign
from campaign.content import rules
from campaign.content.drafts import Draft, Values, draft_from, read_draft, refuse_mistakes
from campaign.content.frontmatter import Fields
from campaign.content.history import Saved, changed, keep
from campaign.content.mistakes import quoted
from campaign.content.pictures import KEYS as PICTURE_KEYS
from campaign.content.pictures import picture_columns
from campaign.content.storing import ADDED, UNCHANGED, UPDATED, Imported, importing, put

KEYS: tuple[str, ...] = ("title", "slug", "section", "topic", "author", "published", "summary")
KEYS += ("campaign", "related", "state")
FIRST_STATE = "published"
MAX_RELATED = 6


def import_articles(paths: Sequence[Path], *, actor: Actor = SYSTEM) -> list[Imported]:
    """Add the articles in the files at `paths`, or update those with the same slug.

    All or none: raises ContentError with every mistake in every file.
    """
    with importing() as session:
        return store_articles(session, paths, actor=actor)


def store_articles(
    session: Session, paths: Sequence[Path], *, actor: Actor = SYSTEM
) -> list[Imported]:
    """The same within a transaction that the caller commits."""
    drafts = [_checked(session, read_draft(path, KEYS, top_heading=2)) for path in paths]
    refuse_mistakes(drafts)
    saved = [store(session, draft, actor) for draft in drafts]
    return [Imported(one.slug, one.outcome) for one in saved]


def article_draft(session: Session, values: Values) -> Draft:
    """What a form says about an article, checked by the rules for files."""
    draft = _checked(session, draft_from(values, KEYS + PICTURE_KEYS, top_heading=2))
    if draft.fields:
        draft.values |= picture_columns(draft.fields)
    return draft


def store(session: Session, draft: Draft, actor: Actor) -> Saved:
    """Add or update the article of a draft without mistakes, on record."""
    before = article_values(session, draft.slug)
    values = dict(draft.values)
    state = values.pop("state") or ("" if before else FIRST_STATE)
    article, _ = put(session, Article, values | ({"state": state} if state else {}))
    session.flush()
    after = article_values(session, draft.slug) or {}
    fields = changed(before, after)
    if not fields:
        return Saved(draft.slug, UNCHANGED, article.revision)
    outcome = UPDATED if before else ADDED
    subject = f"article:{draft.slug}"
    number = keep(session, article, subject, before, after, by=actor.name)
    details = {"revision": number, "changed": ", ".join(fields) if before else "everything"}
    if "state" in fields:
        details["state"] = after["state"]
    record(session.connection(), actor, f"article {outcome}", subject, details)
    return Saved(draft.slug, outcome, number)


def _checked(session: Session, draft: Draft) -> Draft:
    if draft.fields:
        draft.values = _columns(draft.fields)
    blocks = list(pieces(draft.document))
    for line, block in blocks:
        if "" in block.values():
            draft.mistakes.add(draft.body_line + line, "nothing follows the colon")
        if block["kind"] == TAKE_ACTION and draft.values.get("campaign") == "":
            what = "a call to take action needs a campaign that it leads to"
            draft.mistakes.add(draft.body_line + line, what)
    draft.values["markdown"] = draft.markdown
    draft.values["blocks"] = [block for _, block in blocks]
    _find_campaign(session, draft)
    return draft


def _columns(fields: Fields) -> dict[str, object]:
    state = fields.optional("state", rules.one_of(*STATES), "")
    when = fields.optional if state == "draft" else fields.required
    none: list[str] = []
    return {
        "title": fields.required("title", rules.text(200), ""),
        "slug": fields.required("slug", rules.slug, ""),
        "section": fields.required("section", rules.text(60), ""),
        "topic": fields.required("topic", rules.text(80), ""),
        "author": fields.required("author", _author, ""),
        "published": when("published", rules.opening, None),
        "summary": fields.optional("summary", rules.text(500), ""),
        "campaign": fields.optional("campaign", rules.text(rules.MAX_SLUG), ""),
        "related": fields.optional("related", rules.slugs(MAX_RELATED), none),
        "state": state,
    }


def _author(node: yaml.Node) -> str:
    # Pages put “By” before the name; a byline that was pasted whole has one already.
    return re.sub(r"^by\s+(?=\S)", "", rules.text(120)(node), flags=re.IGNORECASE)


def _find_campaign(session: Session, draft: Draft) -> None:
    """Put the campaign's number in the place of its slug."""
    slug = draft.values.pop("campaign", "")
    found = session.scalar(select(Campaign.id).where(Campaign.slug == slug)) if slug else None
    if draft.fields and slug and found is None:
        draft.fields.wrong("campaign", f"{quoted(slug)} does not exist; import it first")
    draft.values["campaign_id"] = found
