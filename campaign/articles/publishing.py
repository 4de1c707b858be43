"""Articles from Markdown files with front matter.

Keys: title, slug, section, topic, author, published (a date); optional: summary, and campaign,
the slug of the campaign that the article's calls to take action lead to.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.articles.blocks import TAKE_ACTION, pieces
from campaign.articles.models import Article
from campaign.campaigns.models import Campaign
from campaign.content import rules
from campaign.content.drafts import Draft, read_draft, refuse_mistakes
from campaign.content.frontmatter import Fields
from campaign.content.mistakes import quoted
from campaign.content.storing import UPDATED, Imported, importing, put

KEYS = ("title", "slug", "section", "topic", "author", "published", "summary", "campaign")


def import_articles(paths: Sequence[Path]) -> list[Imported]:
    """Add the articles in the files at `paths`, or update those with the same slug.

    All or none: raises ContentError with every mistake in every file.
    """
    with importing() as session:
        return store_articles(session, paths)


def store_articles(session: Session, paths: Sequence[Path]) -> list[Imported]:
    """The same within a transaction that the caller commits."""
    drafts = [_read(path) for path in paths]
    for draft in drafts:
        _find_campaign(session, draft)
    refuse_mistakes(drafts)
    return [_store(session, draft) for draft in drafts]


def _read(path: Path) -> Draft:
    draft = read_draft(path, KEYS, top_heading=2)
    if draft.fields:
        draft.values = _columns(draft.fields)
    blocks = list(pieces(draft.document))
    for line, block in blocks:
        if "" in block.values():
            draft.mistakes.add(draft.body_line + line, "nothing follows the colon")
        if block["kind"] == TAKE_ACTION and draft.values.get("campaign") == "":
            what = "a call to take action needs a campaign in the front matter"
            draft.mistakes.add(draft.body_line + line, what)
    draft.values["markdown"] = draft.markdown
    draft.values["blocks"] = [block for _, block in blocks]
    return draft


def _columns(fields: Fields) -> dict[str, object]:
    return {
        "title": fields.required("title", rules.text(200), ""),
        "slug": fields.required("slug", rules.slug, ""),
        "section": fields.required("section", rules.text(60), ""),
        "topic": fields.required("topic", rules.text(80), ""),
        "author": fields.required("author", _author, ""),
        "published": fields.required("published", rules.day, dt.date.min),
        "summary": fields.optional("summary", rules.text(500), ""),
        "campaign": fields.optional("campaign", rules.text(rules.MAX_SLUG), ""),
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


def _store(session: Session, draft: Draft) -> Imported:
    article, outcome = put(session, Article, draft.values, first={"updated_at": func.now()})
    if outcome == UPDATED:
        article.updated_at = func.now()
    return Imported(draft.slug, outcome)
