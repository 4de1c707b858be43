"""How far handing a delivery over is: its mails, its links, who is told, what was answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import text

from campaign.delivery.outdated import Gone, gone_since
from campaign.delivery.rows import NAME, TITLE, before
from campaign.delivery.settling import packages
from campaign.errors import NotFound
from campaign.extensions import db

_DELIVERY = text(
    f"""
    SELECT d.id, d.number, d.state, d.row_count, d.sent_at, d.sent_by, d.sent_to, d.sent_as,
        d.acknowledged_at, d.acknowledged_by, d.reminded_at,
        d.state IN ('ready', 'sent', 'acknowledged')
            AND coalesce(starts_with(d.file, :folder), false) AS at_hand, o.id AS official_id,
        o.slug AS official, {NAME} AS name, {TITLE} AS title, o.email, o.age_key <> '' AS encrypted
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id JOIN official o ON o.id = d.official_id
    WHERE c.slug = :slug AND d.number = :number
    """
)
_MAILS = text(
    """
    SELECT m.recipient, m.kind, m.state, m.attempts, m.created_at, m.sent_at, m.error
    FROM office_link l JOIN outgoing_mail m ON m.office_link_id = l.id
    WHERE l.official_id = :official AND m.shared ->> 'delivery_id' = CAST(:id AS text)
    ORDER BY m.id DESC
    """
)
_LINKS = text(
    """
    SELECT count(*) FROM office_link
    WHERE official_id = :official AND revoked_at IS NULL AND expires_at > now()
    """
)
_MAILINGS = text(
    f"""
    SELECT m.id, m.kind, m.state, m.mailed, m.created_at, m.ended_at,
        CASE m.state WHEN 'done' THEN d.row_count
            ELSE {before("m.after_number + 1")} END AS passed, d.row_count AS total,
        (SELECT count(*) FROM outgoing_mail o
            WHERE o.mailing_id = m.id AND o.state IN ('queued', 'sending')) AS waiting
    FROM supporter_mailing m JOIN delivery d ON d.id = m.delivery_id
    WHERE d.id = :id ORDER BY m.id
    """
)
_ANSWERS = text(
    """
    SELECT id, text, written_by, created_at, hidden_at, hidden_by FROM office_answer
    WHERE delivery_id = :id ORDER BY id
    """
)


@dataclass(frozen=True)
class OfficeMail:
    """A mail that took, or is to take, the delivery to its office."""

    recipient: str
    kind: str
    state: str
    attempts: int
    created_at: dt.datetime
    sent_at: dt.datetime | None
    error: str | None


@dataclass(frozen=True)
class Mailing:
    """How far supporters are told: of `total` signatures `passed` were looked at."""

    id: int
    kind: str
    state: str
    mailed: int
    created_at: dt.datetime
    ended_at: dt.datetime | None
    passed: int
    total: int
    waiting: int

    @property
    def under_way(self) -> bool:
        return self.state in ("waiting", "running") or self.waiting > 0


@dataclass(frozen=True)
class Written:
    """An answer, hidden or not."""

    id: int
    text: str
    written_by: str
    created_at: dt.datetime
    hidden_at: dt.datetime | None
    hidden_by: str | None


@dataclass(frozen=True)
class Trace:
    """A delivery on its way to its office, and what came back."""

    id: int
    number: int
    state: str
    row_count: int | None
    sent_at: dt.datetime | None
    sent_by: str | None
    sent_to: str | None
    sent_as: str | None
    acknowledged_at: dt.datetime | None
    acknowledged_by: str | None
    reminded_at: dt.datetime | None
    at_hand: bool
    official_id: int
    official: str
    name: str
    title: str
    email: str
    encrypted: bool
    links: int = 0
    left: int = 0
    """How many people have left since it was compiled, as long as we have it."""
    erased: int = 0
    """How many of these were erased: with them it can never be sent."""
    mails: list[OfficeMail] = field(default_factory=list)
    mailings: list[Mailing] = field(default_factory=list)
    answers: list[Written] = field(default_factory=list)

    @property
    def can_be_sent(self) -> bool:
        return self.at_hand and not self.left

    @property
    def can_be_sent_all_the_same(self) -> bool:
        """Whether an admin may decide to send it with those who have left."""
        return self.at_hand and self.left > 0 and not self.erased

    @property
    def public(self) -> bool:
        """Whether it has reached the office, so that the public pages tell of it."""
        taken = any(mail.state == "sent" for mail in self.mails)
        return self.state == "acknowledged" or (self.state == "sent" and taken)

    @property
    def failed(self) -> bool:
        """Whether the latest mail to the office was given up."""
        return bool(self.mails) and self.mails[0].state == "failed"


def trace(slug: str, number: int) -> Trace:
    """How far handing over delivery `number` of a campaign is. Raises NotFound."""
    with db.engine.connect() as connection:
        where = {"slug": slug, "number": number, "folder": f"{packages()}/"}
        row = connection.execute(_DELIVERY, where).mappings().one_or_none()
        if row is None:
            raise NotFound
        values = {"id": row["id"], "official": row["official_id"]}
        mails = connection.execute(_MAILS, values).mappings()
        mailings = connection.execute(_MAILINGS, values).mappings()
        answers = connection.execute(_ANSWERS, values).mappings()
        gone = gone_since(connection, row["id"]) if row["at_hand"] else Gone(0, 0)
        return Trace(
            **row,
            links=connection.execute(_LINKS, values).scalar_one(),
            left=gone.left,
            erased=gone.erased,
            mails=[OfficeMail(**one) for one in mails],
            mailings=[Mailing(**one) for one in mailings],
            answers=[Written(**one) for one in answers],
        )
