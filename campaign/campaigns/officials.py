"""Officials: the rules for one, and saving one from a form or a campaign's file."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campaign.accounts.audit import Actor, record
from campaign.campaigns import offices
from campaign.campaigns.models import Official
from campaign.campaigns.values import OFFICIAL_KEYS, OFFICIAL_OPTIONAL, official_values
from campaign.content import rules
from campaign.content.drafts import Draft, Values, fields_from, refuse_form
from campaign.content.frontmatter import Fields
from campaign.content.history import Saved, changed, keep, lock, note_taken
from campaign.content.storing import ADDED, UNCHANGED, UPDATED, importing, put


def official_columns(fields: Fields) -> dict[str, str]:
    """The rules for an official, wherever they come from.

    An optional key that is left out is left as it is, and emptied only by an empty value: a file
    from before an office had a key must not have its packages sent unencrypted.
    """
    columns = {
        "slug": fields.required("slug", rules.slug, ""),
        "name": fields.required("name", rules.text(120), ""),
        "title": fields.required("title", rules.text(120), ""),
        "body": fields.required("body", rules.text(120), ""),
        "email": fields.required("email", rules.address, ""),
    }
    given = [name for name in OFFICIAL_OPTIONAL if fields.has(name)]
    return columns | {
        name: fields.optional(name, getattr(offices, name), OFFICIAL_OPTIONAL[name])
        for name in given
    }


def official_draft(values: Values) -> Draft:
    """What a form, or a line of a table, says about an official, checked."""
    draft = fields_from(values, OFFICIAL_KEYS)
    if draft.fields:
        draft.values = dict(official_columns(draft.fields))
    return draft


def save_official(
    values: Values, *, actor: Actor, slug: str | None = None, revision: int = 0
) -> Saved:
    """Add an official, or save the official `slug` that was opened at `revision`.

    Raises Invalid by field, NotFound, and Stale when somebody else has saved since.
    """
    with importing() as session:
        if slug is not None:
            lock(session, Official, slug, revision)
            values = {**values, "slug": slug}
        elif not values.get("slug"):
            values = {**values, "slug": rules.suggested_slug(str(values.get("name", "")))}
        draft = official_draft(values)
        if slug is None:
            note_taken(session, Official, draft)
        refuse_form(draft, called="name")
        return store_official(session, draft.values, actor)[1]


def store_official(
    session: Session, values: dict[str, str], actor: Actor, *, recorded: bool = True
) -> tuple[Official, Saved]:
    """Add or update an official whose `values` have been checked, on record unless told not to."""
    slug = values["slug"]
    before = official_values(session, slug)
    values = OFFICIAL_OPTIONAL | (before or {}) | values
    official, _ = put(session, Official, values)
    session.flush()
    fields = changed(before, values)
    if not fields:
        return official, Saved(slug, UNCHANGED, official.revision)
    if before and "email" in fields:
        offices.revoke_links(session.connection(), official.id)
    outcome = UPDATED if before else ADDED
    subject = f"official:{slug}"
    number = keep(session, official, subject, before, values, by=actor.name)
    details = {"revision": number, "changed": ", ".join(fields) if before else "everything"}
    if recorded:
        record(session.connection(), actor, f"official {outcome}", subject, details)
    return official, Saved(slug, outcome, number)
