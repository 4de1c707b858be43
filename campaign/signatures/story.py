"""One signature's whole story: what was said and agreed to, what was sent, who decided what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from campaign.accounts.audit import Actor, record
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.signatures.comments import digest
from campaign.signatures.consents import COMMENTS_SINCE, ConsentWording, wording
from campaign.signatures.models_own import QUESTIONS
from campaign.signatures.own_words import Corrected, Said, corrected, said

_SIGNATURE = text(
    """
    SELECT s.id, s.name, s.email, s.email_canonical, s.country, s.postcode, s.comment, s.updates,
        s.public, s.consent_version, s.language, s.source, encode(s.network_key, 'hex') AS network,
        s.state, s.created_at, s.confirmed_at, s.comment_approved, s.anonymised_at,
        (SELECT max(until) FROM signature_past WHERE signature_id = s.id AND state <> s.state)
            AS changed_at,
        t.version AS text_version, t.html AS text_html
    FROM signature s JOIN campaign c ON c.id = s.campaign_id
    JOIN pledge_text t ON t.id = s.pledge_text_id
    WHERE c.slug = :slug AND s.id = :id
    """
)
_MAILS = text(
    "SELECT kind, state, attempts, created_at, sent_at, due_at, error FROM outgoing_mail"
    " WHERE signature_id = :id ORDER BY id"
)
_DECISIONS = text(
    "SELECT old_state, new_state, reason, actor, job_id, at FROM signature_decision"
    " WHERE signature_id = :id ORDER BY id"
)


@dataclass(frozen=True)
class Mail:
    """A mail to the supporter; `due_at` is when it is tried next."""

    kind: str
    state: str
    attempts: int
    created_at: dt.datetime
    sent_at: dt.datetime | None
    due_at: dt.datetime
    error: str | None


@dataclass(frozen=True)
class Decision:
    """A change of state by staff, of one signature or by the exclusion `job_id`."""

    old_state: str
    new_state: str
    reason: str
    actor: str
    job_id: int | None
    at: dt.datetime


@dataclass(frozen=True)
class Story:
    """All that is known of a signature."""

    id: int
    name: str
    email: str
    email_canonical: str
    country: str
    postcode: str
    comment: str
    updates: bool
    public: bool
    consent_version: int
    language: str
    source: str
    network: str
    state: str
    created_at: dt.datetime
    confirmed_at: dt.datetime | None
    comment_approved: bool | None
    anonymised_at: dt.datetime | None
    changed_at: dt.datetime | None
    text_version: int
    text_html: str
    mails: list[Mail]
    decisions: list[Decision]
    said: list[Said]
    corrections: list[Corrected]

    @property
    def wording(self) -> ConsentWording | None:
        """The words that were agreed to."""
        return wording(self.consent_version)

    @property
    def gone(self) -> bool:
        """Whether nothing is left that says who it was, what they said and what they wrote."""
        return self.state == "erased" or self.anonymised_at is not None

    @property
    def answers(self) -> list[list[Said]]:
        """What was said to each question, from signing on: nothing when that is `gone`."""
        each = ([one for one in self.said if one.what == what] for what in QUESTIONS)
        return [said for said in each if said]

    @property
    def comment_digest(self) -> str:
        """What a decision about the comment is sent with."""
        return digest(self.name, self.comment)

    @property
    def comment_agreed(self) -> bool:
        """Whether the supporter wants the comment to be public."""
        return self.public and self.consent_version >= COMMENTS_SINCE

    @property
    def comment_is(self) -> str:
        """Whether the public sees the comment, in one word for a badge."""
        if not self.comment:
            return "none"
        if not self.comment_agreed or self.state != "confirmed":
            return "private"
        return {None: "waiting", True: "approved", False: "rejected"}[self.comment_approved]


def story(slug: str, signature_id: int, *, actor: Actor) -> Story:
    """The story of one signature. That it was looked at goes on record. Raises NotFound."""
    with db.engine.begin() as connection:
        values: dict[str, Any] = {"slug": slug, "id": signature_id}
        row = connection.execute(_SIGNATURE, values).one_or_none()
        if row is None:
            raise NotFound
        found = Story(
            **row._mapping,
            mails=_mails(connection, values),
            decisions=_made(connection, values),
            said=said(connection, row),
            corrections=corrected(connection, signature_id),
        )
        record(connection, actor, "signature viewed", f"signature:{signature_id}")
    return found


def _mails(connection: Connection, values: dict[str, Any]) -> list[Mail]:
    return [Mail(**row) for row in connection.execute(_MAILS, values).mappings()]


def _made(connection: Connection, values: dict[str, Any]) -> list[Decision]:
    return [Decision(**row) for row in connection.execute(_DECISIONS, values).mappings()]
