"""What the pages of somebody's own signature show, and in which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template

from campaign.countries import country_names, country_options
from campaign.delivery.proving import handed_over
from campaign.languages import gettext as _
from campaign.public.campaign_words import campaign_words
from campaign.public.languages import to
from campaign.public.privacy import private
from campaign.signatures.models_own import DETAILS
from campaign.signatures.own import OwnSignature


def page(template: str, token: str, signature: OwnSignature, **values: Any) -> Response:
    """A page about `signature`, whose own page has this `token`."""
    title, ask = campaign_words(signature.slug, signature.title, signature.ask)
    html = render_template(
        template,
        title=title,
        ask=ask,
        here=to(f"/mine/{token}"),
        signature=signature,
        country=country_name(signature.country),
        country_name=country_name,
        clock=clock,
        deliveries=handed_over(signature.id),
        words=signature.wording and signature.wording.spoken(),
        **values,
    )
    return private(make_response(html))


def own_page(
    token: str,
    signature: OwnSignature,
    *,
    notice: str | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """The page itself, with what was `typed` into its form when there are `errors` in it."""
    given = typed or {name: getattr(signature, name) for name in DETAILS}
    return page(
        "public/mine.html",
        token,
        signature,
        notice=notice,
        typed=given,
        errors=errors or {},
        country_options=country_options(given["country"]),
    )


def country_name(code: str) -> str:
    """A country in the language that is spoken now."""
    return country_names().get(code, code)


def clock(moment: dt.datetime) -> str:
    """The time of day of a moment, in UTC."""
    return f"{moment.astimezone(dt.UTC):%H:%M}"


def notice_of(done: str, signature: OwnSignature) -> str | None:
    """What the page says after a change, as long as it is still so."""
    return _notices().get(done) if done in _what_is_so(signature) else None


def _notices() -> dict[str, str]:
    return {
        "updates-on": _("We will email you news about this campaign."),
        "updates-off": _("We will send you no more news about this campaign."),
        "public-on": _("Your name may now be shown publicly."),
        "public-off": _("Your name is no longer shown publicly."),
        "corrected": _("Your details are corrected."),
        "withdrawn": _("Your signature is withdrawn. It no longer counts."),
        "erased": _("Everything personal is erased."),
    }


def _what_is_so(signature: OwnSignature) -> set[str]:
    if signature.anonymised_at:
        return set()
    if signature.state in ("withdrawn", "erased"):
        return {signature.state}
    so = {
        f"{choice}-{'on' if getattr(signature, choice) else 'off'}"
        for choice in ("updates", "public")
    }
    return so | ({"corrected"} if signature.corrections else set())


def mail_names() -> dict[str, str]:
    """What each kind of mail to a supporter was about."""
    return {
        "confirm": _("The email with the button that confirms your signature"),
        "already-signed": _("That you had signed already"),
        "delivered": _("That your signature was delivered"),
        "answered": _("What an office answered"),
        "reminder": _("A reminder to confirm your signature"),
    }
