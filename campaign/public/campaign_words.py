"""What a campaign is called on the pages that only a supporter's link leads to."""

from __future__ import annotations

from campaign.campaigns.facts import campaign_facts
from campaign.errors import NotFound
from campaign.languages import language


def campaign_words(slug: str, title: str, ask: str = "") -> tuple[str, str]:
    """The title and the ask in the language of the page; as given, where there is none.

    A campaign that is a draft again is not shown to the public, but its supporters keep theirs.
    """
    try:
        return campaign_facts(slug).words(language())
    except NotFound:
        return title, ask
