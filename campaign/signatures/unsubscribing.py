"""Unsubscribing: no more updates, by one click in a mail or by the mail program itself."""

from __future__ import annotations

from campaign.errors import NotFound
from campaign.extensions import run_statement
from campaign.links import read_token
from campaign.signatures.own_words import note_said

PURPOSE = "unsubscribe"
# Whoever finds an old mail must get off, too.
DAYS = 3_650

_LOOK = """
SELECT c.slug, c.title FROM signature s JOIN campaign c ON c.id = s.campaign_id
WHERE s.id = %(id)s
"""
_UNSUBSCRIBE = f"""
WITH changed AS (
    UPDATE signature SET updates = false WHERE id = %(id)s AND updates
    RETURNING id, consent_version
), noted AS (
    {note_said("changed", "updates", "false", "unsubscribe link")}
)
SELECT c.slug, c.title FROM signature s JOIN campaign c ON c.id = s.campaign_id
WHERE s.id = %(id)s
"""


def campaign_of_link(token: str) -> tuple[str, str]:
    """Slug and title of the campaign that a link is about. Changes nothing. Raises NotFound."""
    return _about(_LOOK, token)


def unsubscribe(token: str, language: str = "en") -> tuple[str, str]:
    """End the updates of the signature that `token` belongs to, whatever state it is in.

    `language` is that of the page. Returns slug and title of its campaign, the same for all
    repeats. What waits in the outbox is
    not sent any more (see `mail.sending`). Raises NotFound.
    """
    return _about(_UNSUBSCRIBE, token, language=language)


def _about(statement: str, token: str, **values: str) -> tuple[str, str]:
    id_ = read_token(PURPOSE, token, valid_days=DAYS)
    rows = run_statement(statement, {"id": id_, **values})
    if not rows:
        raise NotFound
    return str(rows[0][0]), str(rows[0][1])
