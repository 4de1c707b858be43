"""Places in a list ordered by time, from which its next page is read: no page has a number."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from campaign.errors import Invalid

_PLACE = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Placed(Protocol):
    """A row that has a place."""

    @property
    def place(self) -> str: ...


Row = TypeVar("Row", bound=Placed)


def place_of(at: dt.datetime, row_id: int) -> str:
    """Where a row stands in the order of time: what `newer` and `older` begin from."""
    return f"{(at - _EPOCH) // dt.timedelta(microseconds=1)}-{row_id}"


def read_place(given: str) -> dict[str, Any]:
    """The `at` and `id` of a place; nothing for none. Raises Invalid for one we never gave."""
    if not given:
        return {}
    parts = _PLACE.fullmatch(given)
    if parts is None:
        raise Invalid({"form": "This page of the list does not exist. Begin with the newest."})
    return {"at": _EPOCH + dt.timedelta(microseconds=int(parts[1])), "id": int(parts[2])}


def cut(
    found: Sequence[Row], most: int, *, upwards: bool, placed: bool
) -> tuple[list[Row], str, str]:
    """The rows of a page, in the order they were read, and the places `newer` and `older` than it.

    `found` are up to one more than `most`, read `upwards` in time or downwards; `placed` says that
    they were read from a place, so that there is a page on its other side.
    """
    shown, more = list(found[:most]), len(found) > most
    if not shown:
        return [], "", ""
    behind, ahead = shown[0].place if placed else "", shown[-1].place if more else ""
    return (shown, ahead, behind) if upwards else (shown, behind, ahead)
