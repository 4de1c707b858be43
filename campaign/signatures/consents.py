"""The words people consent to. A signature keeps the version that it was asked with.

A wording that somebody may have agreed to is never edited: add a version instead. What is on record
is the English one, by its version; pages show it in the language that they speak.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from campaign.languages import gettext


def N_(words: str) -> str:  # noqa: N802
    """Mark words for the catalogues. They stay English: while this is read, nobody is there yet."""
    return words


@dataclass(frozen=True)
class ConsentWording:
    """Three separate questions; only the first is needed to sign."""

    version: int
    consent: str
    updates: str
    public: str

    def spoken(self) -> ConsentWording:
        """The same in the language that is spoken now, to be shown."""
        return replace(
            self,
            consent=gettext(self.consent),
            updates=gettext(self.updates),
            public=gettext(self.public),
        )


_FIRST = ConsentWording(
    version=1,
    consent=N_(
        "Pass my signature – my name, country, postcode and comment – "
        "to the officials named on this page."
    ),
    updates=N_("Email me news about this campaign. I can stop this at any time."),
    public=N_("Show my name publicly as a supporter of this campaign."),
)
_SECOND = replace(
    _FIRST,
    version=2,
    public=N_("Show my name, and my comment if I write one, publicly on this page."),
)

WORDINGS = (_FIRST, _SECOND)
CURRENT = WORDINGS[-1]
# Who agreed to an earlier wording agreed to their name alone.
COMMENTS_SINCE = _SECOND.version


def wording(version: int) -> ConsentWording | None:
    """The words of that version, if this installation knows them."""
    return next((one for one in WORDINGS if one.version == version), None)
