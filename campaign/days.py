"""Days, as people give them in forms and addresses."""

from __future__ import annotations

import datetime as dt

YEARS = range(1900, 2200)


def read_day(text: str) -> dt.date:
    """The day that `text` names in ISO 8601. Raises ValueError, also for a year nobody means."""
    day = dt.date.fromisoformat(text.strip())
    if day.year not in YEARS:
        raise ValueError(f"{day} is too far away")
    return day
