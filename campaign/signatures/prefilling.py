"""Signing a second campaign without typing everything again."""

from __future__ import annotations

from campaign.errors import LinkExpired, NotFound
from campaign.extensions import run_statement
from campaign.links import make_token, read_token

# A token of its own: it is on a page, and must not open what a confirmation link opens.
PURPOSE = "prefill"
_DAYS = 1
_FIELDS = ("name", "email", "country", "postcode")
_LOOK = f"SELECT {', '.join(_FIELDS)} FROM signature WHERE id = %(id)s AND state = 'confirmed'"


def prefill_token(signature_id: int) -> str:
    """What `prefilled` takes, for a day."""
    return make_token(PURPOSE, signature_id)


def prefilled(token: str) -> dict[str, str]:
    """Who signed, as fields of the form: no ticks, no comment, for each pledge is agreed to anew.

    Empty for a token that is wrong or old, and once the signature counts no more.
    """
    try:
        number = read_token(PURPOSE, token, valid_days=_DAYS)
    except (NotFound, LinkExpired):
        return {}
    rows = run_statement(_LOOK, {"id": number})
    return dict(zip(_FIELDS, map(str, rows[0]), strict=True)) if rows else {}
