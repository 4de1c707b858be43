"""What an office has beyond a name: the area it answers for, its key, its language, its links."""

from __future__ import annotations

import re

import pyrage
import yaml
from sqlalchemy import Connection, text

from campaign.content import rules
from campaign.content.mistakes import quoted
from campaign.countries import CODES
from campaign.languages import NAMES

MAX_POSTCODES = 200
_MAX_TEXT = 2_000
_PREFIX = re.compile("[A-Z0-9]{1,8}")

# Links and mails lie above this package, so their tables are known by name alone.
_REVOKE = text(
    """
    UPDATE office_link SET revoked_at = now()
    WHERE official_id = :id AND revoked_at IS NULL AND expires_at > now()
    """
)
_RECALL = text(
    """
    UPDATE outgoing_mail SET state = 'failed', leased_by = NULL,
        error = 'not sent: the link of the office was revoked before'
    WHERE state = 'queued' AND office_link_id IN (
        SELECT id FROM office_link WHERE official_id = :id AND revoked_at IS NOT NULL)
    """
)


def area_country(node: yaml.Node) -> str:
    """A code of ISO 3166-1 alpha-2, in capitals. Raises ValueError, as the following do."""
    found = rules.text(_MAX_TEXT)(node)
    if found.upper() not in CODES:
        raise ValueError(f"must be a country's code of two letters like GB, not {quoted(found)}")
    return found.upper()


def area_postcodes(node: yaml.Node) -> str:
    """Beginnings of postcodes: capitals and digits without spaces, each once, between commas."""
    parts = [part for part in rules.text(_MAX_TEXT)(node).split(",") if part.strip()]
    found = list(dict.fromkeys(re.sub(r"\s", "", part).upper() for part in parts))
    for part in found:
        if not _PREFIX.fullmatch(part):
            what = "must be beginnings of postcodes like N1, E8: 1 to 8 letters and digits each"
            raise ValueError(f"{what}, not {quoted(part)}")
    if len(found) > MAX_POSTCODES:
        raise ValueError(f"has {len(found)} beginnings; it may have at most {MAX_POSTCODES}")
    return ",".join(found)


def language(node: yaml.Node) -> str:
    """The code of a language that is spoken here."""
    found = rules.text(_MAX_TEXT)(node)
    if found.lower() not in NAMES:
        spoken = ", ".join(f"{code} ({name})" for code, name in NAMES.items())
        raise ValueError(f"must be the code of a language we speak: {spoken}; not {quoted(found)}")
    return found.lower()


def age_key(node: yaml.Node) -> str:
    """A public key of age (age-encryption.org/v1, X25519)."""
    found = rules.text(_MAX_TEXT)(node)
    if found.upper().startswith("AGE-SECRET-KEY-"):
        # Not quoted: whoever reads the message would have the key.
        raise ValueError("must be the public key, age1…: this one is secret and belongs to nobody")
    try:
        return str(pyrage.x25519.Recipient.from_str(found.lower()))
    except pyrage.RecipientError:
        raise ValueError(f"must be a public key of age like age1…, not {quoted(found)}") from None


def revoke_links(connection: Connection, official_id: int) -> int:
    """End every link to the office of an official, and recall the mails that have not left yet.

    In the caller's transaction. Returns how many links that ended.
    """
    ended = connection.execute(_REVOKE, {"id": official_id}).rowcount
    connection.execute(_RECALL, {"id": official_id})
    return ended
