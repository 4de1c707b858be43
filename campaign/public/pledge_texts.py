"""The text of a pledge as its page shows it, with the original where that is another."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from campaign.campaigns.models import Campaign, PledgeText, PledgeTextTranslation
from campaign.content.translating import name_of
from campaign.languages import direction, language


def pledge_html(
    campaign: Campaign, text: PledgeText, translation: PledgeTextTranslation | None, wanted: str
) -> Markup:
    """The text for somebody who wants it in the language `wanted`, with notes on what it is in."""
    original = Markup(text.html)  # nosec B704: made safe on import.
    translated = Markup(translation.html) if translation else None  # nosec B704: likewise.
    html = render_template(
        "public/_pledge_text.html",
        original=original,
        translated=translated,
        written=campaign.language,
        written_name=name_of(campaign.language, language()),
        shown=translation.language if translation else campaign.language,
        wanted=wanted,
        direction=direction,
    )
    return Markup(html)  # nosec B704: a template of ours has made it.
