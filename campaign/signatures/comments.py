"""Comments: those meant for the public are shown when staff have approved them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from campaign.accounts.audit import Actor, record
from campaign.errors import Invalid
from campaign.extensions import autocommit_engine, db
from campaign.signatures.finding import campaign_of
from campaign.signatures.models import DECIDED, SHOWABLE, WAITING
from campaign.signatures.places import cut, place_of, read_place

QUEUE = 25
ON_PAGE = 4
# In the words of the partial indexes. A comment that is waiting is read in the order it came in,
# one that was decided about from the latest.
_WHICH = {
    "waiting": (WAITING, "ASC"),
    "approved": (f"{DECIDED} AND comment_approved = true", "DESC"),
    "rejected": (f"{DECIDED} AND comment_approved = false", "DESC"),
}
LISTS = tuple(_WHICH)
_LIST = f"""
    SELECT id, name, comment, country, confirmed_at FROM signature
    WHERE campaign_id = :campaign_id AND {{which}} {{beyond}}
    ORDER BY confirmed_at {{order}}, id {{order}} LIMIT {QUEUE + 1}
"""
_SHOWN = text(
    f"""
    SELECT name, comment FROM signature
    WHERE campaign_id = :campaign_id AND {DECIDED} AND comment_approved = true
    ORDER BY confirmed_at DESC, id DESC LIMIT {ON_PAGE}
    """
)
# What is locked is read as whoever held it before has left it.
_LOCK = text(
    f"""
    SELECT id, name, comment, comment_approved FROM signature
    WHERE campaign_id = :campaign_id AND id = ANY(:ids) AND {SHOWABLE} AND comment <> ''
    ORDER BY created_at, id FOR NO KEY UPDATE
    """
)
_DECIDE = text("UPDATE signature SET comment_approved = :approve WHERE id = ANY(:changed)")


@dataclass(frozen=True)
class Comment:
    """A comment that its writer wants to be public."""

    id: int
    name: str
    comment: str
    country: str
    confirmed_at: dt.datetime

    @property
    def place(self) -> str:
        return place_of(self.confirmed_at, self.id)

    @property
    def digest(self) -> str:
        return digest(self.name, self.comment)


@dataclass(frozen=True)
class Comments:
    """As many as one looks through at once, and the places where the pages beside it begin."""

    comments: list[Comment]
    newer: str = ""
    older: str = ""


@dataclass(frozen=True)
class Decided:
    """How many decisions were `changed`, and how many comments nobody has read as they are now."""

    changed: int
    unread: int


@dataclass(frozen=True)
class PublicComment:
    """A comment on the campaign's page."""

    name: str
    comment: str


def comments(slug: str, which: str, *, newer: str = "", older: str = "", actor: Actor) -> Comments:
    """The comments of confirmed signatures that are `waiting`, `approved` or `rejected`.

    A page of them: the first, or those next `newer` or `older` than a place. That they were looked
    at goes on record. Raises Invalid for another `which` and for a place we never gave, NotFound.
    """
    if which not in _WHICH:
        raise Invalid({"form": "Comments are waiting, approved or rejected."})
    condition, order = _WHICH[which]
    place = read_place(newer or older)
    upwards = bool(newer) if place else order == "ASC"
    beyond = f"AND (confirmed_at, id) {'>' if upwards else '<'} (:at, :id)" if place else ""
    read = "ASC" if upwards else "DESC"
    query = text(_LIST.format(which=condition, beyond=beyond, order=read))
    with db.engine.begin() as connection:
        values = {"campaign_id": campaign_of(connection, slug), **place}
        found = [Comment(**row) for row in connection.execute(query, values).mappings()]
        shown, after, before = cut(found, QUEUE, upwards=upwards, placed=bool(place))
        details = {"which": which, "shown": len(shown)}
        record(connection, actor, "comments read", f"campaign:{slug}", details)
    return Comments(shown if read == order else shown[::-1], newer=after, older=before)


def digest(name: str, comment: str) -> str:
    """What stands for a comment as somebody has read it, with the name that it is shown under."""
    return hashlib.sha256(f"{name}\0{comment}".encode()).hexdigest()


def decide(slug: str, read: Mapping[int, str], *, approve: bool, actor: Actor) -> Decided:
    """Approve or reject the comments of signatures, each where it still has the digest that it had
    when it was `read`.

    Whoever is not confirmed, or has not agreed to be public, is left alone. Raises NotFound.
    """
    values: dict[str, Any] = {"ids": list(read), "approve": approve}
    with db.engine.begin() as connection:
        values["campaign_id"] = campaign_of(connection, slug)
        found = connection.execute(_LOCK, values).all()
        known = [row for row in found if digest(row.name, row.comment) == read[row.id]]
        changed = [row.id for row in known if row.comment_approved is not approve]
        connection.execute(_DECIDE, {**values, "changed": changed})
        what = "comment approved" if approve else "comment rejected"
        for signature_id in sorted(changed):
            record(connection, actor, what, f"signature:{signature_id}")
    return Decided(len(changed), len(found) - len(known))


def public_comments(campaign_id: int) -> list[PublicComment]:
    """The latest approved comments, for the page that everybody sees."""
    with autocommit_engine().connect() as connection:
        rows = connection.execute(_SHOWN, {"campaign_id": campaign_id})
        return [PublicComment(*row) for row in rows]
