"""The words people consent to. A signature keeps the version that it was asked with.

A wording that somebody may have agreed to is never edited: add a version instead.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConsentWording:
    """Three separate questions; only the first is needed to sign."""

    version: int
    consent: str
    updates: str
    public: str


WORDINGS = (
    ConsentWording(
        version=1,
        consent=(
            "Pass my signature – my name, country, postcode and comment – "
            "to the officials named on this page."
        ),
        updates="Email me news about this campaign. I can stop this at any time.",
        public="Show my name publicly as a supporter of this campaign.",
    ),
    ConsentWording(
        version=2,
        consent=(
            "Pass my signature – my name, country, postcode and comment – "
            "to the officials named on this page."
        ),
        updates="Email me news about this campaign. I can stop this at any time.",
        public="Show my name, and my comment if I write one, publicly on this page.",
    ),
)

CURRENT = WORDINGS[-1]
