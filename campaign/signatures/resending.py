"""Sending the confirmation mail again to somebody who does not find it."""

from __future__ import annotations

import datetime as dt
import json

from campaign import jobs
from campaign.campaigns.facts import campaign_facts
from campaign.errors import Invalid, NotAccepting
from campaign.extensions import run_statement
from campaign.links import settings
from campaign.mail.addresses import clean_address
from campaign.mail.allowance import GRANT
from campaign.signatures.addresses import canonical_address, person_key
from campaign.signatures.signing import shared_words

# As in signing, the known and the unknown take the same path and wait for the same commit. An
# unknown address writes its allowance under a key of its own: whoever asks in another's name must
# not use up the mails that are meant for them. Nobody signs here, so nobody is `first`.
_RESEND = f"""
WITH found AS MATERIALIZED (
    SELECT id, email, language,
        CASE state WHEN 'pending' THEN 'confirm' ELSE 'already-signed' END AS kind
    FROM signature WHERE campaign_id = %(campaign_id)s AND email_canonical = %(canonical)s
        AND state IN ('pending', 'confirmed')
), people AS (
    SELECT CASE WHEN EXISTS (SELECT FROM found) THEN %(person)s ELSE %(nobody)s END AS person
), first AS (
    SELECT person FROM people WHERE false
), allowance AS (
    {GRANT}
)
INSERT INTO outgoing_mail (kind, recipient, language, shared, signature_id)
SELECT found.kind, found.email, found.language,
    coalesce(%(shared)s::jsonb -> found.language, %(shared)s::jsonb -> ''), found.id
FROM found CROSS JOIN allowance WHERE allowance.allowed
"""


def resend(slug: str, email: str) -> None:
    """Send whoever signed `slug` with the address `email` their mail again, as signing would.

    Returns nothing, so that no caller can tell whether somebody has. Raises NotFound,
    NotAccepting, or Invalid for what is no address.
    """
    facts = campaign_facts(slug)
    if not facts.accepting(dt.datetime.now(dt.UTC)):
        raise NotAccepting
    try:
        canonical = canonical_address(clean_address(email))
    except ValueError as error:
        raise Invalid({"email": str(error)}) from None
    secret = settings().secret_key
    run_statement(
        _RESEND,
        {
            "campaign_id": facts.id,
            "canonical": canonical,
            "person": person_key(canonical, secret).hex(),
            "nobody": person_key(f"resend to {canonical}", secret).hex(),
            # The mail speaks the language of the signature, which only the statement knows.
            "shared": json.dumps(
                {code: shared_words(facts, code) for code in ("", *facts.translated)}
            ),
        },
    )
    jobs.ring(jobs.SEND_MAIL)
