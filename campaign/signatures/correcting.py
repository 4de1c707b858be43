"""Correcting: a supporter puts their own details right, all but the address that they confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, TextClause, text

from campaign import jobs
from campaign.errors import GroundswellError, Invalid, NotFound
from campaign.extensions import db
from campaign.languages import gettext as _
from campaign.signatures import counting
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.models_own import DETAILS
from campaign.signatures.pledge import clean_comment, clean_country, clean_name, clean_postcode
from campaign.signatures.postcodes import postcode_of

CORRECTABLE = ("pending", "confirmed")

# NO KEY, as no key changes: whoever is giving numbers holds the keys for as long as that takes.
_LOCK = text(
    f"SELECT state, anonymised_at, {', '.join(DETAILS)} FROM signature"
    " WHERE id = :id FOR NO KEY UPDATE"
)
_KEEP = text(
    f"""
    INSERT INTO signature_correction (signature_id, changed, {", ".join(DETAILS)})
    SELECT id, CAST(:changed AS varchar[]), {", ".join(DETAILS)} FROM signature WHERE id = :id
    """
)
# A comment is shown with its name: what staff approved was both.
_CORRECT = text(
    """
    UPDATE signature SET name = :name, country = :country, postcode = :postcode, comment = :comment,
        comment_approved = CASE WHEN (name, comment) = (CAST(:name AS varchar),
            CAST(:comment AS varchar)) THEN comment_approved END
    WHERE id = :id
    """
)


@dataclass(frozen=True)
class Details:
    """What can be corrected, as it passed every rule."""

    name: str
    country: str
    postcode: str
    comment: str


class NotCorrectable(GroundswellError):
    """Only a signature that counts, or waits to be confirmed, can be corrected."""

    status = 409


def read_details(fields: Mapping[str, str]) -> Details:
    """Check the fields of the form. Raises Invalid with a sentence for each wrong field."""
    rules: dict[str, Callable[[str], str]] = {
        "name": clean_name,
        "country": clean_country,
        "postcode": clean_postcode,
        "comment": clean_comment,
    }
    clean, wrong = {}, {}
    for name, rule in rules.items():
        try:
            clean[name] = rule(fields.get(name, ""))
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise Invalid(wrong)
    return Details(**clean)


def correct(signature_id: int, details: Details) -> list[str]:
    """Put the details of a pending or confirmed signature right. Returns the names of those that
    changed; repeating it changes none.

    It counts as before, in the country that it has now. Another name or comment waits for approval
    again. What was delivered stays as it was delivered, and what it was before is kept for its
    receipts. Raises NotFound, NotCorrectable, and Invalid for a postcode that is none of
    the country.
    """
    wanted = asdict(details)
    with db.engine.begin() as connection:
        row = connection.execute(_LOCK, {"id": signature_id}).one_or_none()
        if row is None:
            raise NotFound
        if row.state not in CORRECTABLE or row.anonymised_at:
            raise NotCorrectable(
                _("Only a signature that counts, or waits to be confirmed, can be corrected.")
            )
        # Whoever signed before there were such rules may still put their name right.
        if (details.country, details.postcode) != (row.country, row.postcode):
            wanted["postcode"] = _postcode(details)
        changed = [name for name in DETAILS if getattr(row, name) != wanted[name]]
        if changed:
            values = {"id": signature_id, "changed": changed, **wanted}
            _correct(connection, values, moves="country" in changed)
    if "country" in changed:
        jobs.ring(jobs.FOLD_COUNTS)
    return changed


def _postcode(details: Details) -> str:
    try:
        return postcode_of(details.country, details.postcode)
    except ValueError as error:
        raise Invalid({"postcode": str(error)}) from None


def _correct(connection: Connection, values: dict[str, object], *, moves: bool) -> None:
    if moves:
        # Of a mail that failed it must be certain whether it was counted in the old country.
        counting.take_turn(connection)
        connection.execute(_LEAVE, values)
    connection.execute(_KEEP, values)
    connection.execute(_CORRECT, values)
    if moves:
        connection.execute(_ENTER, values)


def _counted(old: str, new: str) -> TextClause:
    """SQL that takes the signature out of the counts (`new` is NULL), or puts it in."""
    mail = old.replace("state", "'bounced'"), new.replace("state", "'bounced'")
    return text(
        f"""
        WITH one AS (
            SELECT state, {NEEDED} FROM signature WHERE id = :id
        ), bounced AS (
            SELECT one.* FROM one JOIN outgoing_mail m ON m.signature_id = :id
            WHERE m.kind = 'confirm' AND m.state = 'failed' AND m.counted
        ), moved AS (
            {note_change("bounced", *mail)}
        )
        {note_change("one", old, new)}
        """
    )


_LEAVE, _ENTER = _counted("state", "NULL"), _counted("NULL", "state")
