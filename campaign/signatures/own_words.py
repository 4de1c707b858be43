"""What a supporter has said to each question, and when, and what they have put right since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from campaign.signatures.consents import ConsentWording, wording
from campaign.signatures.models_own import QUESTIONS

_SAID = text(
    "SELECT what, given, version, language, how, at FROM consent_change"
    " WHERE signature_id = :id ORDER BY id"
)
_CORRECTED = text(
    "SELECT at, changed, name, country, postcode, comment FROM signature_correction"
    " WHERE signature_id = :id ORDER BY id"
)
_FORGET = (
    text("DELETE FROM consent_change WHERE signature_id = ANY(:ids)"),
    text("DELETE FROM signature_correction WHERE signature_id = ANY(:ids)"),
    # What staff wrote about them when they decided; that they decided stays.
    text("UPDATE signature_decision SET reason = '' WHERE signature_id = ANY(:ids)"),
)


@dataclass(frozen=True)
class Said:
    """An answer to one of the questions, as of a moment."""

    what: str
    given: bool
    version: int
    language: str
    how: str
    at: dt.datetime

    @property
    def words(self) -> str | None:
        """What was answered, as it is on record: in English."""
        return _words(wording(self.version), self.what)

    @property
    def spoken(self) -> str | None:
        """The same in the language that is spoken now."""
        words = wording(self.version)
        return _words(words and words.spoken(), self.what)


@dataclass(frozen=True)
class Corrected:
    """Which details were put right, and what all of them were before."""

    at: dt.datetime
    changed: list[str]
    name: str
    country: str
    postcode: str
    comment: str


def note_said(rows: str, what: str, given: str, how: str) -> str:
    """SQL that notes that the signatures of `rows` now agree, or agree no more, to `what`.

    `rows` names a WITH that returns their `id` and `consent_version`; `given` is SQL. The statement
    needs the value `language`.
    """
    return f"""
        INSERT INTO consent_change (signature_id, what, given, version, language, how)
        SELECT id, '{what}', {given}, consent_version, %(language)s, '{how}' FROM {rows}
    """


def said(connection: Connection, signature: Any) -> list[Said]:
    """All answers in the order in which they were given, from those on signing.

    `signature` is a row of it. Nothing is left of who was erased or anonymised.
    """
    if signature.state == "erased" or signature.anonymised_at:
        return []
    changes = [Said(*row) for row in connection.execute(_SAID, {"id": signature.id})]
    now = {"passing_on": True, "updates": signature.updates, "public": signature.public}
    version, language, at = signature.consent_version, signature.language, signature.created_at
    first = []
    for what in QUESTIONS:
        change = next((one for one in changes if one.what == what), None)
        given = not change.given if change else now[what]
        first.append(Said(what, given, version, language, "form", at))
    return first + changes


def corrected(connection: Connection, signature_id: int) -> list[Corrected]:
    """What was put right, in that order."""
    return [Corrected(*row) for row in connection.execute(_CORRECTED, {"id": signature_id})]


def forget(connection: Connection, ids: Sequence[int]) -> None:
    """Forget all that these supporters said and put right, and why staff decided about them, as
    part of erasing them.
    """
    for statement in _FORGET:
        connection.execute(statement, {"ids": list(ids)})


def _words(words: ConsentWording | None, what: str) -> str | None:
    if words is None:
        return None
    return {"passing_on": words.consent, "updates": words.updates, "public": words.public}[what]
