"""The curve of a letter: sums day by day, as places on a plane that a typesetter draws."""

from __future__ import annotations

from typing import Any

from campaign.delivery.tallying import Tally
from campaign.languages import gettext as _
from campaign.languages import local_date, local_number

_MOST_POINTS = 400


def curve_of(found: Tally) -> dict[str, Any] | None:
    """The sums day by day on a plane of 1 by 1, for drawing; none for a single day."""
    curve = found.curve
    (first, fewest), (last, total) = curve[0], curve[-1]
    if first == last:
        return None
    step = _step(total)
    top = -(-total // step) * step
    thin = curve[:: max(1, len(curve) // _MOST_POINTS)]
    points = thin if thin[-1] == curve[-1] else [*thin, curve[-1]]
    days = (last - first).days
    return {
        "points": [[(at - first).days / days, count / top] for at, count in points],
        "ticks": [[height / top, local_number(height)] for height in range(0, top + 1, step)],
        "from": local_date(first),
        "until": local_date(last),
        "says": _(
            "A curve of all signatures day by day: it rises from %(fewest)s on %(first)s to"
            " %(most)s on %(last)s.",
            fewest=local_number(fewest),
            first=local_date(first),
            most=local_number(total),
            last=local_date(last),
        ),
    }


def _step(most: int) -> int:
    """A round number that goes into `most` two to five times."""
    power = 1
    while True:
        for lead in (1, 2, 5):
            if lead * power * 5 >= most:
                return lead * power
        power *= 10
