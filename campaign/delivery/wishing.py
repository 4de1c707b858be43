"""What somebody wants delivered: to whom, of which part, up to when, everything or only new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from campaign.delivery.slicing import EVERYTHING, Slice, read_slice
from campaign.errors import Invalid

LONGEST_REASON = 300


@dataclass(frozen=True)
class Wish:
    """A delivery as somebody asks for it, checked but for the official.

    `cut_off` is a moment in UTC, for those up to then; none means now.
    """

    official: str
    everything: bool = False
    slice: Slice = EVERYTHING
    cut_off: dt.datetime | None = None
    reason: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """What the row of a delivery keeps of it, by the names of columns."""
        return {
            "everything": self.everything,
            "countries": list(self.slice.countries),
            "postcodes": list(self.slice.postcodes),
            "asked_cut_off": self.cut_off,
        }

    def details(self) -> dict[str, Any]:
        """What the record keeps of it."""
        told = {
            "everything": self.everything,
            "countries": list(self.slice.countries),
            "postcodes": list(self.slice.postcodes),
            "cut-off": self.cut_off and self.cut_off.isoformat(),
            "reason": self.reason,
        }
        return {"official": self.official, **{name: one for name, one in told.items() if one}}


def read_wish(fields: Mapping[str, str], countries: Iterable[str]) -> Wish:
    """Check what a form says: official, postcodes, cut_off, everything (`y`), reason.

    Raises Invalid with a sentence for each wrong field.
    """
    wrong: dict[str, str] = {}
    part, cut_off = EVERYTHING, None
    try:
        part = read_slice(countries, fields.get("postcodes", ""))
    except Invalid as invalid:
        wrong |= invalid.fields
    try:
        cut_off = read_moment(fields.get("cut_off", ""))
    except Invalid as invalid:
        wrong |= invalid.fields
    reason = " ".join(fields.get("reason", "").split())
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        wrong["reason"] = f"Say it in {LONGEST_REASON} characters at most."
    if wrong:
        raise Invalid(wrong)
    # No slug holds a NUL, which PostgreSQL would refuse to compare with.
    official = fields.get("official", "").replace("\x00", "")
    return Wish(official, fields.get("everything") == "y", part, cut_off, reason)


def read_moment(given: str) -> dt.datetime | None:
    """The moment that a text in ISO 8601 names, in UTC unless it says otherwise; none for none.

    Raises Invalid, also for one that has not come yet.
    """
    if not given.strip():
        return None
    try:
        moment = dt.datetime.fromisoformat(given.strip())
        moment = moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Invalid({"cut_off": "Enter a moment such as 2026-05-31 18:00, in UTC."}) from None
    if moment > dt.datetime.now(dt.UTC):
        raise Invalid({"cut_off": "Enter a moment that has come already, or nothing for now."})
    return moment
