"""Sending a package to the office of its official: along with a mail, or by a link in one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.campaigns.facts import forget_facts
from campaign.delivery import wording
from campaign.delivery.encrypting import encrypted
from campaign.delivery.fetching import at_hand, open_checked
from campaign.delivery.keeping import NotNow
from campaign.delivery.offices import OFFICE_DAYS, new_link
from campaign.delivery.outdated import refuse_outdated
from campaign.delivery.rows import ON_PAPER
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.languages import local_date, speaking
from campaign.links import absolute, settings

SENDABLE = ("ready", "sent", "acknowledged")

_DELIVERY = f"""
    SELECT d.id, d.number, d.state, d.sent_at, d.file, d.sha256, d.row_count, d.cut_off,
        {ON_PAPER} AS paper,
        c.id AS campaign_id, c.slug, c.title AS campaign_title, c.ask AS campaign_ask,
        o.id AS official_id, o.slug AS official, o.name, o.title, o.body, o.email, o.age_key,
        o.language
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id JOIN official o ON o.id = d.official_id
    WHERE c.slug = :slug AND d.number = :number
"""
_LOOK = text(_DELIVERY)
# The official is locked as well: nobody changes the address while we write to it.
_LOCK = text(f"{_DELIVERY} FOR UPDATE OF d FOR SHARE OF o")
_MAIL = text(
    """
    INSERT INTO outgoing_mail
        (kind, recipient, language, shared, office_link_id, attachment, attachment_name)
    VALUES (:kind, :recipient, :language, CAST(:shared AS jsonb), :link, :attachment, :name)
    """
)
# What the office has acknowledged stays as it was; only the mail goes out again.
_SENT = text(
    """
    UPDATE delivery SET state = 'sent', sent_at = now(), sent_by = :by, sent_to = :to,
        sent_as = :sent_as, reminded_at = NULL
    WHERE id = :id AND state IN ('ready', 'sent')
    """
)
_TELL = text(
    """
    INSERT INTO supporter_mailing (kind, delivery_id) VALUES ('delivered', :id)
    ON CONFLICT DO NOTHING
    """
)
_DELIVERED = text(
    """
    UPDATE campaign c SET state = 'delivered'
    WHERE id = :campaign AND (state = 'closed' OR (state = 'open' AND closes_at <= now()))
        AND NOT EXISTS (SELECT FROM campaign_official a WHERE a.campaign_id = c.id
            AND NOT EXISTS (SELECT FROM delivery d
                WHERE d.campaign_id = c.id AND d.official_id = a.official_id
                    AND d.state IN ('sent', 'acknowledged')))
    RETURNING id
    """
)


@dataclass(frozen=True)
class Packed:
    """The file that the office gets: the package, or that encrypted to its key."""

    path: Path
    name: str
    size: int
    sha256: str
    encrypted: bool


def send_delivery(slug: str, number: int, *, actor: Actor, left: int | None = None) -> str:
    """Mail a package to the address of its official, and say in the same transaction that it is.

    A file of at most DELIVERY_MAIL_MB goes along; a larger one is fetched by the link that every
    such mail has. Supporters are told once the mail server has taken it. Sending again sends the
    mail again. Returns "attachment" or "link". Raises NotFound, Damaged, CannotWrite, and NotNow,
    also when people have left since it was compiled; unless they are as many as `left`, none of
    whom was erased: so many were accepted by whoever sends it.
    """
    before = _look(slug, number)
    packed = packed_for(before, actor)
    sent_as = "attachment" if packed.size <= settings().delivery_mail_mb * 1_000_000 else "link"
    with db.engine.begin() as connection:
        now = connection.execute(_LOCK, {"slug": slug, "number": number}).one()
        _refuse_changed(before, now)
        accepted = refuse_outdated(connection, now, left)
        _queue(connection, now, packed, sent_as, accepted)
        values = {"id": now.id, "by": actor.name, "to": now.email, "sent_as": sent_as}
        connection.execute(_SENT, values)
        connection.execute(_TELL, {"id": now.id})
        over = connection.execute(_DELIVERED, {"campaign": now.campaign_id}).one_or_none()
        what = "delivery sent" if now.state == "ready" else "delivery sent again"
        details: dict[str, Any] = {"official": now.official, "to": now.email, "as": sent_as}
        details |= {"left": accepted} if accepted else {}
        record(connection, actor, what, f"delivery:{slug}/{number}", details)
        if over:
            record(connection, actor, "campaign delivered", f"campaign:{slug}")
    forget_facts()
    jobs.ring(jobs.SEND_MAIL)
    jobs.ring(jobs.MAIL_SUPPORTERS)
    return sent_as


def packed_for(row: Any, actor: Actor) -> Packed:
    """The file for the office of a delivery (`row`), checked, and encrypted if it has a key.

    Raises NotNow when it is not at hand, Damaged, CannotWrite.
    """
    path, name = at_hand(row.file), f"{row.slug}-{row.official}-{row.number}.zip"
    with open_checked(path, row.sha256, f"delivery:{row.slug}/{row.number}", actor) as file:
        size, sha256 = file.seek(0, 2), row.sha256
    if row.age_key:
        path = encrypted(path, row.age_key)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    return Packed(path, f"{name}.age" if row.age_key else name, size, sha256, bool(row.age_key))


def _look(slug: str, number: int) -> Row[Any]:
    with db.engine.connect() as connection:
        row = connection.execute(_LOOK, {"slug": slug, "number": number}).one_or_none()
    if row is None:
        raise NotFound
    if row.state not in SENDABLE:
        raise NotNow(f"Delivery {number} is {row.state}: there is no package to send.")
    return row


def _refuse_changed(before: Row[Any], now: Row[Any]) -> None:
    if now.state not in SENDABLE or _what_counts(now) != _what_counts(before):
        raise NotNow("It was sent or changed meanwhile. Look, and send again if that is needed.")


def _what_counts(row: Row[Any]) -> tuple[Any, ...]:
    """What must be as it was looked at: two who press the button at once send one mail."""
    return row.state, row.sent_at, row.file, row.email, row.age_key


def _queue(connection: Connection, row: Row[Any], packed: Packed, sent_as: str, left: int) -> None:
    values: dict[str, Any] = {"kind": "delivery-link", "attachment": None, "name": None}
    if sent_as == "attachment":
        inside = str(packed.path.relative_to(settings().data_dir))
        values = {"kind": "delivery", "attachment": inside, "name": packed.name}
    values["link"] = new_link(connection, row.official_id, row.email)
    values |= {"recipient": row.email, "language": row.language}
    # Read by `outdated`: with how many who have left this was sent all the same.
    decided = {"left": str(left)} if left else {}
    with speaking(row.language):
        values["shared"] = json.dumps(_said(row, packed) | decided)
    connection.execute(_MAIL, values)


def _said(row: Row[Any], packed: Packed) -> dict[str, str]:
    return {
        "delivery_id": str(row.id),
        "delivery_number": str(row.number),
        "campaign_title": row.campaign_title,
        "campaign_ask": row.campaign_ask,
        "official_name": row.name,
        "official_title": row.title,
        "official_body": row.body,
        "count": str(row.row_count),
        "signatures": wording.signatures(row.row_count, row.paper),
        "cut_off": local_date(row.cut_off),
        "file_name": packed.name,
        "file_size": wording.size(packed.size),
        "file_sha256": packed.sha256,
        "encrypted": "y" if packed.encrypted else "",
        "deliveries_url": absolute(f"/campaigns/{row.slug}/deliveries"),
        "valid_days": str(OFFICE_DAYS),
    }
