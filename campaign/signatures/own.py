"""A supporter's own signature: all that is held of it, shown to whoever has the link to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, text

from campaign.errors import NotFound
from campaign.extensions import db
from campaign.links import make_token, read_token
from campaign.signatures.consents import COMMENTS_SINCE, ConsentWording, wording
from campaign.signatures.own_words import Corrected, Said, corrected, said

PURPOSE = "mine"
# As long as somebody may come back to what they once put their name to.
VALID_DAYS = 3_650

# A signature has been in its state since the last time that it was in another one.
_SIGNATURE = text(
    """
    SELECT s.id, s.state, c.slug, c.title, c.ask, s.name, s.email, s.country, s.postcode, s.comment,
        s.comment_approved, s.updates, s.public, s.consent_version, s.language, s.source,
        encode(s.network_key, 'hex') AS network, s.created_at, s.confirmed_at, s.anonymised_at,
        (SELECT max(until) FROM signature_past WHERE signature_id = s.id AND state <> s.state)
            AS changed_at,
        t.version AS text_version, t.sha256 AS text_sha256, t.html AS text_html,
        c.language AS text_language
    FROM signature s JOIN campaign c ON c.id = s.campaign_id
    JOIN pledge_text t ON t.id = s.pledge_text_id WHERE s.id = :id
    """
)
_MAILS = text(
    "SELECT kind, created_at, sent_at FROM outgoing_mail WHERE signature_id = :id ORDER BY id"
)


@dataclass(frozen=True)
class Mail:
    """A mail about the signature; not sent yet, or never, without `sent_at`."""

    kind: str
    created_at: dt.datetime
    sent_at: dt.datetime | None


@dataclass(frozen=True)
class OwnSignature:
    """All that is held of a signature but what staff noted about it."""

    id: int
    state: str
    slug: str
    title: str
    ask: str
    name: str
    email: str
    country: str
    postcode: str
    comment: str
    comment_approved: bool | None
    updates: bool
    public: bool
    consent_version: int
    language: str
    source: str
    network: str
    created_at: dt.datetime
    confirmed_at: dt.datetime | None
    anonymised_at: dt.datetime | None
    changed_at: dt.datetime | None
    text_version: int
    text_sha256: str
    text_html: str
    text_language: str
    mails: list[Mail]
    said: list[Said]
    corrections: list[Corrected]

    @property
    def wording(self) -> ConsentWording | None:
        """The words that were agreed to."""
        return wording(self.consent_version)

    @property
    def comment_shown(self) -> bool:
        """Whether everybody may read the comment."""
        agreed = self.public and self.consent_version >= COMMENTS_SINCE
        return bool(self.comment and agreed and self.state == "confirmed" and self.comment_approved)

    def as_data(self) -> dict[str, Any]:
        """All of it as plain values for JSON."""
        words = self.wording
        return {
            "format": "groundswell-own-signature/1",
            "campaign": {"slug": self.slug, "title": self.title, "ask": self.ask},
            "signature": {
                name: getattr(self, name)
                for name in ("state", "name", "email", "country", "postcode", "comment")
            },
            "consent": {
                "version": self.consent_version,
                "passing_on": {
                    "agreed": self.state not in ("withdrawn", "erased"),
                    "wording": words and words.consent,
                },
                "updates": {"agreed": self.updates, "wording": words and words.updates},
                "public": {"agreed": self.public, "wording": words and words.public},
                "history": [
                    {
                        "at": iso(one.at),
                        "question": one.what,
                        "agreed": one.given,
                        "wording": one.words,
                        "version": one.version,
                        "language": one.language,
                        "how": one.how,
                    }
                    for one in self.said
                ],
            },
            "corrections": [{**asdict(one), "at": iso(one.at)} for one in self.corrections],
            "text": {"version": self.text_version, "sha256": self.text_sha256},
            "times": {
                "signed": iso(self.created_at),
                "confirmed": iso(self.confirmed_at),
                "state_changed": iso(self.changed_at),
                "anonymised": iso(self.anonymised_at),
            },
            "technical": {name: getattr(self, name) for name in ("language", "source", "network")},
            "mails": [
                {"kind": mail.kind, "queued": iso(mail.created_at), "sent": iso(mail.sent_at)}
                for mail in self.mails
            ],
        }


def iso(moment: dt.datetime | None) -> str | None:
    """A moment as JSON says it, in UTC."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds") if moment else None


def id_of(token: str) -> int:
    """The signature that `token` belongs to. Raises NotFound, LinkExpired."""
    return read_token(PURPOSE, token, valid_days=VALID_DAYS)


def path_to(signature_id: int) -> str:
    """The address of a signature's own page. Whoever has it may do what is done there."""
    return f"/{PURPOSE}/{make_token(PURPOSE, signature_id)}"


def own_signature(signature_id: int) -> OwnSignature:
    """All that is held of a signature, whatever its state. Raises NotFound."""
    with db.engine.connect() as connection:
        values: dict[str, Any] = {"id": signature_id}
        row = connection.execute(_SIGNATURE, values).one_or_none()
        if row is None:
            raise NotFound
        return OwnSignature(
            **row._mapping,
            mails=_mails(connection, values),
            said=said(connection, row),
            corrections=corrected(connection, signature_id),
        )


def _mails(connection: Connection, values: dict[str, Any]) -> list[Mail]:
    return [Mail(**row) for row in connection.execute(_MAILS, values).mappings()]
