"""What the rows of a finished table add up to: by country, by day, on paper, with a comment."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from campaign.delivery.describing import Contents
from campaign.delivery.exporting import read_csv
from campaign.delivery.lists import on_paper


@dataclass(frozen=True)
class Tally:
    """Sums over all rows. `by_country` has the largest first; `by_day` is in order."""

    paper: int
    comments: int
    by_country: list[tuple[str, int]]
    by_day: list[tuple[dt.date, int]]

    @property
    def curve(self) -> list[tuple[dt.date, int]]:
        """How many there were at the end of each day on which any came."""
        sums = accumulate(count for _, count in self.by_day)
        return [(day, total) for (day, _), total in zip(self.by_day, sums, strict=True)]


def tally(contents: Contents, table: Path) -> Tally:
    """Add up the rows of `table`."""
    is_paper: Callable[[int], bool] = on_paper(contents)
    countries: Counter[str] = Counter()
    days: Counter[str] = Counter()
    paper = comments = 0
    with table.open("rb") as file, closing(read_csv(file)) as rows:
        for number, _, _, country, signed_on, comment in rows:
            countries[country] += 1
            days[signed_on] += 1
            paper += is_paper(int(number))
            comments += bool(comment.strip())
    by_country = sorted(countries.items(), key=lambda item: (-item[1], item[0]))
    by_day = sorted((dt.date.fromisoformat(day), count) for day, count in days.items())
    return Tally(paper, comments, by_country, by_day)
