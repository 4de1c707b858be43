"""Acknowledging: an office says that a delivery has arrived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, text

from campaign import jobs
from campaign.accounts.audit import record
from campaign.accounts.mailing import tell_admins
from campaign.delivery.offices import Office, enter, note_use
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.languages import gettext as _
from campaign.signatures.pledge import plain_text

MAX_NAME = 120

_LOCK = text(
    """
    SELECT d.id, d.state, d.number, c.slug, c.title
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id
    WHERE d.official_id = :official AND c.slug = :slug AND d.number = :number
        AND d.state IN ('sent', 'acknowledged') FOR UPDATE OF d
    """
)
_ACKNOWLEDGE = text(
    """
    UPDATE delivery SET state = 'acknowledged', acknowledged_at = now(), acknowledged_by = :by
    WHERE id = :id
    """
)


def acknowledge(token: str, slug: str, number: int, fields: Mapping[str, str]) -> bool:
    """Record that a delivery has arrived, by whom and when: `fields` are `name` and `role`.

    Once: whoever comes later changes nothing. Returns whether this was the first time. Raises
    NotFound, LinkExpired, Invalid by field.
    """
    office = enter(token)
    by = who(fields)
    with db.engine.begin() as connection:
        delivery = lock_delivery(connection, office, slug, number)
        if delivery.state == "acknowledged":
            return False
        note_acknowledged(connection, office, delivery, by)
    jobs.ring(jobs.SEND_MAIL)
    return True


def who(fields: Mapping[str, str]) -> str:
    """The `name` in a form and, if given, the `role`. Raises Invalid by field."""
    wrong: dict[str, str] = {}
    parts = []
    for field, needed in (("name", _("Enter your name.")), ("role", "")):
        try:
            parts.append(_one_line(fields.get(field, ""), needed))
        except ValueError as error:
            wrong[field] = str(error)
    if wrong:
        raise Invalid(wrong)
    return ", ".join(part for part in parts if part)


def lock_delivery(connection: Connection, office: Office, slug: str, number: int) -> Row[Any]:
    """A delivery to this office, its row locked. Raises NotFound, also for one to another."""
    values = {"official": office.id, "slug": slug, "number": number}
    found = connection.execute(_LOCK, values).one_or_none()
    if found is None:
        raise NotFound
    note_use(connection, office)
    return found


def note_acknowledged(connection: Connection, office: Office, delivery: Any, by: str) -> None:
    """Set a locked delivery to acknowledged, on record, and tell the admins."""
    connection.execute(_ACKNOWLEDGE, {"id": delivery.id, "by": by})
    page = f"/staff/campaigns/{delivery.slug}/deliveries"
    tell_admins(
        connection,
        f"Acknowledged: delivery {delivery.number} of {delivery.title}",
        f"The office of {office.name}, {office.title}, has acknowledged delivery"
        f" {delivery.number} of “{delivery.title}”.\n\nAcknowledged by {by}.",
        page,
    )
    subject = f"delivery:{delivery.slug}/{delivery.number}"
    record(connection, office.actor, "delivery acknowledged", subject)


def _one_line(words: str, needed: str) -> str:
    plain = " ".join(plain_text(words).split())
    if needed and not plain:
        raise ValueError(needed)
    if len(plain) > MAX_NAME:
        raise ValueError(_("This can have at most %(most)s characters.", most=MAX_NAME))
    return plain
