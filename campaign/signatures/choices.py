"""The two choices that a supporter may change at any time: news by mail, and their name in public.

What was agreed to stays as it was worded; each change is noted with its words.
"""

from __future__ import annotations

from typing import Literal

from campaign.errors import GroundswellError, NotFound
from campaign.extensions import run_statement
from campaign.languages import gettext as _
from campaign.signatures.own_words import note_said

CHOICES = ("updates", "public")
Choice = Literal["updates", "public"]

# Whoever has withdrawn is neither written to nor shown, whatever they chose before.
_CHOOSE = f"""
WITH target AS (
    SELECT id AS target_id, {{choice}} AS was FROM signature
    WHERE id = %(id)s AND state IN ('pending', 'confirmed', 'excluded')
        AND anonymised_at IS NULL FOR NO KEY UPDATE
), chosen AS (
    UPDATE signature SET {{choice}} = %(wanted)s FROM target WHERE id = target_id
    RETURNING id, consent_version, was
), other AS (
    SELECT id, consent_version FROM chosen WHERE was <> %(wanted)s
), noted AS (
    {note_said("other", "{choice}", "%(wanted)s", "own page")}
)
SELECT id FROM chosen
"""
# News that waits to be sent is recalled by the statement that ends it.
RECALL = """
DELETE FROM outgoing_mail
WHERE signature_id = %(id)s AND mailing_id IS NOT NULL AND state = 'queued'
"""
_NO_NEWS = _CHOOSE.replace("WITH", f"WITH recalled AS ({RECALL}),", 1)
_STATE = "SELECT state FROM signature WHERE id = %(id)s"


class NothingToChoose(GroundswellError):
    """This signature was withdrawn or erased: nobody is written to or shown because of it."""

    status = 409


def choose(signature_id: int, choice: Choice, *, wanted: bool, language: str = "en") -> None:
    """Set one choice and leave the other; `language` is that of the page on which it was made.

    Raises NotFound, NothingToChoose.
    """
    statement = _NO_NEWS if choice == "updates" and not wanted else _CHOOSE
    values = {"id": signature_id, "wanted": wanted, "language": language}
    # The name of the column is one of two.
    if not run_statement(statement.format(choice=choice), values):
        if not run_statement(_STATE, {"id": signature_id}):
            raise NotFound
        raise NothingToChoose(
            _(
                "This signature was withdrawn or erased: nobody is written to or shown because of "
                "it."
            )
        )
