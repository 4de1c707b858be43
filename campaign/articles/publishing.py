"""Articles from Markdown files with front matter, and the rules that forms share with them.

Keys: title, slug, section, topic, author, published (a date or a moment; a draft may do without);
optional: summary, campaign (the slug of the campaign that the article's calls to take action lead
to), related (the slugs of articles to read on with), state (draft or published), language.
Translations are in files of their own (translating.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.accounts.audit import SYSTEM, Actor, record
from campaign.articles.bodies import blocks_of
from campaign.articles.models import STATES, Article, ArticleTranslation
from campaign.articles.translating import read_translation, store_translation
from campaign.articles.translations import originals
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
from campaign.content.translating import KNOWN, WORDS, languages_of, sorted_out
from campaign.languages import DEFAULT

KEYS: tuple[str, ...] = ("title", "slug", "section", "topic", "author", "published", "summary")
KEYS += ("campaign", "related", "state", "language")
FIRST_STATE = "published"
MAX_RELATED = 6


def import_articles(paths: Sequence[Path], *, actor: Actor = SYSTEM) -> list[Imported]:
    """Add the articles in the files at `paths`, or update those with the same slug; likewise
    their translations.

    All or none: raises ContentError with every mistake in every file.
    """
    with importing() as session:
        return store_articles(session, paths, actor=actor)


def store_articles(
    session: Session, paths: Sequence[Path], *, actor: Actor = SYSTEM
) -> list[Imported]:
    """The same within a transaction that the caller commits."""
    own, others = sorted_out(paths)
    drafts = [_checked(session, read_draft(path, KEYS, top_heading=2)) for path in own]
    known = languages_of(drafts, originals(session))
    translations = [read_translation(path, known) for path in others]
    refuse_mistakes([*drafts, *translations])
    saved = [store(session, draft, actor) for draft in drafts]
    saved += [store_translation(session, draft, actor) for draft in translations]
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
    # What is left out stays as it is.
    first = {"state": FIRST_STATE, "language": DEFAULT} | (before or {})
    kept = {name: values.pop(name) or first[name] for name in ("state", "language")}
    article, _ = put(session, Article, values | kept)
    session.flush()
    after = article_values(session, draft.slug) or {}
    fields = changed(before, after)
    if not fields:
        return Saved(draft.slug, UNCHANGED, article.revision)
    if (WORDS | {"markdown"}) & set(fields):
        mine = ArticleTranslation.article_id == article.id
        session.execute(update(ArticleTranslation).where(mine).values(stale=True))
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
    blocks = blocks_of(draft, leads=draft.values.get("campaign") != "")
    draft.values |= {"markdown": draft.markdown, "blocks": blocks}
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
        "language": fields.optional("language", rules.one_of(*KNOWN), ""),
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
