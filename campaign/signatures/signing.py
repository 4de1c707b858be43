"""Signing: the act that must survive the day a campaign goes viral."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError

from campaign import jobs
from campaign.campaigns.facts import CampaignFacts, campaign_facts
from campaign.errors import Invalid, NotAccepting
from campaign.extensions import run_statement
from campaign.languages import gettext as _
from campaign.links import absolute, settings
from campaign.mail.allowance import GRANT
from campaign.network import network_key
from campaign.signatures.addresses import canonical_address, person_key
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.consents import CURRENT
from campaign.signatures.pledge import Pledge
from campaign.signatures.together import Together

CONFIRM_DAYS = 14

_Person = dict[str, Any]

# What a supporter gives, and what signing adds, as columns of one JSON array of objects.
_PEOPLE = """
    SELECT * FROM json_to_recordset(%(people)s::json) AS p (person text, campaign_id bigint,
        pledge_text_id bigint, name varchar, email varchar, canonical varchar, country varchar,
        postcode varchar, comment varchar, updates boolean, public boolean,
        consent_version integer, language varchar, source varchar, network_key text, shared jsonb)
"""
# One statement, so one transaction and one round trip for everybody who signs at the moment.
# Whoever is new, has signed before or has had enough mail takes the same path and waits for the
# same commit: neither the answer nor its time tells them apart. The unique constraint alone
# decides who is new. People come in one order everywhere, so that no two groups wait for each
# other. The LATERAL with its LIMIT keeps the planner from reading all signatures for a group.
_SIGN = f"""
WITH people AS MATERIALIZED ({_PEOPLE} ORDER BY person, campaign_id), signed AS (
    INSERT INTO signature (campaign_id, pledge_text_id, name, email, email_canonical, country,
        postcode, comment, updates, public, consent_version, language, source, network_key)
    SELECT campaign_id, pledge_text_id, name, email, canonical, country, postcode, comment,
        updates, public, consent_version, language, source, decode(network_key, 'hex')
    FROM people
    ON CONFLICT (campaign_id, email_canonical) DO NOTHING
    RETURNING id, email, language, {NEEDED}
), changed AS (
    {note_change("signed", "NULL", "'pending'")}
), found AS (
    SELECT people.person, people.shared, signed.id, signed.email, signed.language,
        'confirm' AS kind
    FROM signed JOIN people ON people.campaign_id = signed.campaign_id
        AND people.canonical = signed.email_canonical
    UNION ALL
    SELECT people.person, people.shared, s.id, s.email, s.language,
        CASE s.state WHEN 'pending' THEN 'confirm' ELSE 'already-signed' END
    FROM people CROSS JOIN LATERAL (
        SELECT id, email, language, state FROM signature
        WHERE campaign_id = people.campaign_id AND email_canonical = people.canonical LIMIT 1) AS s
    WHERE s.state IN ('pending', 'confirmed')
), first AS (
    SELECT people.person FROM people JOIN signed ON people.campaign_id = signed.campaign_id
        AND people.canonical = signed.email_canonical
), allowance AS (
    {GRANT}
)
INSERT INTO outgoing_mail (kind, recipient, language, shared, signature_id)
SELECT found.kind, found.email, found.language, found.shared, found.id
FROM found JOIN allowance ON allowance.person = decode(found.person, 'hex')
WHERE allowance.allowed
"""


def sign(
    slug: str,
    pledge: Pledge,
    *,
    from_ip: str,
    language: str = "en",
    source: str = "",
    text_version: str = "",
) -> None:
    """Put `pledge` under the campaign `slug`, as pending, with its confirmation mail on the way.

    `text_version` is the version of the text that the supporter saw, as a decimal number;
    empty means the current one. Returns nothing, so that no caller can tell whether the person
    had signed before. Raises NotFound, NotAccepting, or Invalid for an unknown text version.
    """
    facts = campaign_facts(slug)
    now = dt.datetime.now(dt.UTC)
    if not facts.accepting(now):
        raise NotAccepting
    secret = settings().secret_key
    canonical = canonical_address(pledge.email)
    _put(
        {
            "campaign_id": facts.id,
            "pledge_text_id": _text_id(facts, text_version),
            "name": pledge.name,
            "email": pledge.email,
            "canonical": canonical,
            "person": person_key(canonical, secret).hex(),
            "country": pledge.country,
            "postcode": pledge.postcode,
            "comment": pledge.comment,
            "updates": pledge.updates,
            "public": pledge.public,
            "consent_version": CURRENT.version,
            "language": language,
            "source": source,
            "network_key": network_key(from_ip, now.date(), secret).hex(),
            "shared": shared_words(facts, language),
        }
    )
    jobs.ring(jobs.SEND_MAIL)


def _text_id(facts: CampaignFacts, version: str) -> int:
    if not version:
        return facts.text_ids[-1]
    if version.isdecimal() and len(version) < 6 and 1 <= int(version) <= len(facts.text_ids):
        return facts.text_ids[int(version) - 1]
    raise Invalid({"text_version": _("Load the page again: its text has changed.")})


def shared_words(facts: CampaignFacts, language: str) -> dict[str, str]:
    """What the mail says about the campaign. Nothing here was typed by a supporter."""
    title, ask = facts.words(language)
    return {
        "campaign_title": title,
        "campaign_ask": ask,
        "campaign_url": absolute(f"/campaigns/{facts.slug}"),
        "valid_days": str(CONFIRM_DAYS),
    }


def _put_all(people: Sequence[_Person]) -> None:
    run_statement(_SIGN, {"people": json.dumps(people)})


# One person's requests take turns, so that the second finds what the first did.
_put: Together[_Person] = Together(
    _put_all, key=lambda person: person["person"], of_one=(DataError, IntegrityError)
)
