"""Signing: the act that must survive the day a campaign goes viral."""

from __future__ import annotations

import datetime as dt
import json

from campaign import jobs
from campaign.campaigns.facts import CampaignFacts, campaign_facts
from campaign.errors import Invalid, NotAccepting
from campaign.extensions import run_statement
from campaign.links import absolute, settings
from campaign.mail.allowance import GRANT
from campaign.network import network_key
from campaign.signatures.addresses import canonical_address, person_key
from campaign.signatures.consents import CURRENT
from campaign.signatures.pledge import Pledge

CONFIRM_DAYS = 14

# One statement, so one transaction and one round trip. Whoever is new, has signed before or
# has had enough mail takes the same path and waits for the same commit: neither the answer
# nor its time tells them apart. The unique constraint alone decides who is new.
_SIGN = f"""
WITH signed AS (
    INSERT INTO signature (campaign_id, pledge_text_id, name, email, email_canonical, country,
        postcode, comment, updates, public, consent_version, language, source, network_key)
    VALUES (%(campaign_id)s, %(pledge_text_id)s, %(name)s, %(email)s, %(canonical)s, %(country)s,
        %(postcode)s, %(comment)s, %(updates)s, %(public)s, %(consent_version)s, %(language)s,
        %(source)s, %(network_key)s)
    ON CONFLICT (campaign_id, email_canonical) DO NOTHING
    RETURNING id, email, language, 'confirm' AS kind
), changed AS (
    INSERT INTO signature_change (campaign_id, new_state)
    SELECT %(campaign_id)s, 'pending' FROM signed
), earlier AS (
    SELECT id, email, language,
        CASE state WHEN 'pending' THEN 'confirm' ELSE 'already-signed' END AS kind
    FROM signature
    WHERE campaign_id = %(campaign_id)s AND email_canonical = %(canonical)s
        AND state IN ('pending', 'confirmed') AND NOT EXISTS (SELECT FROM signed)
), allowance AS (
    {GRANT.format(is_first="EXISTS (SELECT FROM signed)")}
)
INSERT INTO outgoing_mail (kind, recipient, language, shared, signature_id)
SELECT kind, email, language, %(shared)s::jsonb, id
FROM (SELECT * FROM signed UNION ALL SELECT * FROM earlier) AS addressee, allowance
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
    run_statement(
        _SIGN,
        {
            "campaign_id": facts.id,
            "pledge_text_id": _text_id(facts, text_version),
            "name": pledge.name,
            "email": pledge.email,
            "canonical": canonical,
            "person": person_key(canonical, secret),
            "country": pledge.country,
            "postcode": pledge.postcode,
            "comment": pledge.comment,
            "updates": pledge.updates,
            "public": pledge.public,
            "consent_version": CURRENT.version,
            "language": language,
            "source": source,
            "network_key": network_key(from_ip, now.date(), secret),
            "shared": _shared(facts),
        },
    )
    jobs.ring(jobs.SEND_MAIL)


def _text_id(facts: CampaignFacts, version: str) -> int:
    if not version:
        return facts.text_ids[-1]
    if version.isdecimal() and len(version) < 6 and 1 <= int(version) <= len(facts.text_ids):
        return facts.text_ids[int(version) - 1]
    raise Invalid({"text_version": "Load the page again: its text has changed."})


def _shared(facts: CampaignFacts) -> str:
    """What the mail says about the campaign, as JSON. Nothing here was typed by a supporter."""
    return json.dumps(
        {
            "campaign_title": facts.title,
            "campaign_ask": facts.ask,
            "campaign_url": absolute(f"/campaigns/{facts.slug}"),
            "valid_days": str(CONFIRM_DAYS),
        }
    )
