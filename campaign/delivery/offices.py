"""Links by which an office enters its page: mailed to the address on file, for two weeks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.accounts.audit import SYSTEM, Actor, record
from campaign.campaigns.offices import revoke_links
from campaign.errors import Invalid, LinkExpired, NotFound
from campaign.extensions import db
from campaign.links import read_token
from campaign.mail.addresses import clean_address

PURPOSE = "office"
OFFICE_DAYS = 14
MOST_LINKS_AN_HOUR = 3

_NEW = text(
    f"""
    INSERT INTO office_link (official_id, recipient, expires_at)
    VALUES (:official, :recipient, now() + interval '{OFFICE_DAYS} days') RETURNING id
    """
)
_ENTER = text(
    """
    SELECT l.id AS link, o.id, o.slug, o.name, o.title, o.body, o.age_key <> '' AS encrypted,
        l.revoked_at IS NULL AND l.expires_at > now() AND l.recipient = o.email AS valid
    FROM office_link l JOIN official o ON o.id = l.official_id WHERE l.id = :link
    """
)
_USED = text("UPDATE office_link SET seen_at = now() WHERE id = :link AND seen_at IS NULL")
# An address may be that of several officials. Whoever asks for one of them twice waits here.
_ASKED = text(
    """
    SELECT o.id, o.slug, o.email, o.name, o.title, o.language FROM official o
    WHERE lower(o.email) = lower(:address) AND EXISTS (SELECT FROM delivery d
        WHERE d.official_id = o.id AND d.state IN ('sent', 'acknowledged'))
    ORDER BY o.id FOR NO KEY UPDATE OF o
    """
)
_LATELY = text(
    """
    SELECT count(*) FROM office_link
    WHERE official_id = :official AND created_at > now() - interval '1 hour'
    """
)
_MAIL = text(
    """
    INSERT INTO outgoing_mail (kind, recipient, language, shared, office_link_id)
    VALUES ('office-link', :recipient, :language, CAST(:shared AS jsonb), :link)
    """
)
_OFFICIAL = text("SELECT id FROM official WHERE slug = :slug")


@dataclass(frozen=True)
class Office:
    """The official whose page a link opens."""

    link: int
    id: int
    slug: str
    name: str
    title: str
    body: str
    encrypted: bool

    @property
    def actor(self) -> Actor:
        """Its staff, for the record: whoever has the link."""
        return Actor(f"office:{self.slug}")


def enter(token: str) -> Office:
    """The office that `token` was mailed to. Changes nothing: mail scanners follow links.

    Raises NotFound for a token that we never made, and LinkExpired when its time is over, it was
    revoked, or the official has another address since.
    """
    number = read_token(PURPOSE, token, valid_days=OFFICE_DAYS)
    with db.engine.connect() as connection:
        row = connection.execute(_ENTER, {"link": number}).mappings().one_or_none()
    if row is None:
        raise NotFound
    found = dict(row)
    if not found.pop("valid"):
        raise LinkExpired
    return Office(**found)


def note_use(connection: Connection, office: Office) -> None:
    """Note that the office has done something with its link, in the caller's transaction."""
    connection.execute(_USED, {"link": office.link})


def new_link(connection: Connection, official_id: int, recipient: str) -> int:
    """A new link for an office, to be mailed in the caller's transaction. Returns its row."""
    values = {"official": official_id, "recipient": recipient}
    return int(connection.execute(_NEW, values).scalar_one())


def ask_link(address: str) -> None:
    """Mail a new link to `address` if it is that of an official who has been sent a delivery.

    Whether it is, nobody is told; an official gets three links an hour at most. Raises Invalid
    for what is no address.
    """
    try:
        wanted = clean_address(address)
    except ValueError as error:
        raise Invalid({"email": str(error)}) from None
    with db.engine.begin() as connection:
        found = connection.execute(_ASKED, {"address": wanted}).all()
        mailed = [official.slug for official in found if _mail_link(connection, official)]
        for slug in mailed:
            record(connection, SYSTEM, "office link mailed", f"official:{slug}")
    jobs.ring(jobs.SEND_MAIL)


def _mail_link(connection: Connection, official: Any) -> bool:
    """Whether an office may have another link now. Then it is on its way."""
    lately = connection.execute(_LATELY, {"official": official.id}).scalar_one()
    if lately >= MOST_LINKS_AN_HOUR:
        return False
    shared = {
        "official_name": official.name,
        "official_title": official.title,
        "valid_days": str(OFFICE_DAYS),
    }
    link = new_link(connection, official.id, official.email)
    values = {
        "recipient": official.email,
        "language": official.language,
        "link": link,
        "shared": json.dumps(shared),
    }
    connection.execute(_MAIL, values)
    return True


def revoke(slug: str, *, actor: Actor) -> int:
    """End every link to the page of an official's office. Returns how many. Raises NotFound."""
    with db.engine.begin() as connection:
        official = connection.execute(_OFFICIAL, {"slug": slug}).scalar_one_or_none()
        if official is None:
            raise NotFound
        ended = revoke_links(connection, official)
        record(connection, actor, "office links revoked", f"official:{slug}", {"links": ended})
    return ended
