"""signatures.pdf: the rows of the table for people to read, in as many volumes as it takes."""

from __future__ import annotations

import textwrap
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from campaign.delivery.describing import Contents, addressee
from campaign.delivery.exporting import read_csv
from campaign.delivery.typesetting.engine import Document, spoken, typeset_each
from campaign.delivery.typesetting.legible import legible, named, sentence, width
from campaign.delivery.wording import moment
from campaign.languages import gettext as _
from campaign.languages import local_number, ngettext

# As much as one process holds in its memory: about 150 pages.
VOLUME_ROWS = 10_000
VOLUME_BYTES = 1_500_000
_PART_ROWS = 500  # Each begins with a small heading, by which readers find their way.
# Cells that are longer do not stand beside each other.
_SHORT = {"name": 200, "postcode": 60, "comment": 260}

Row = list[str]


class Volume(NamedTuple):
    """What one volume holds: how many rows, and the first and last number."""

    rows: int
    first: str
    last: str


def write_lists(
    contents: Contents,
    table: Path,
    path: Path,
    *,
    advance: Callable[[int], object] = lambda rows: None,
) -> list[Path]:
    """Typeset the rows of `table` as `path` and, where they are many, `…-2.pdf` and so on.

    `advance` is told of rows that are done, every second of none; what it raises ends all of it.
    Returns the volumes in order. Raises CannotWrite, OSError.
    """
    volumes = plan(table)
    paths = [volume_path(path, number) for number in range(1, len(volumes) + 1)]
    documents = zip(_documents(contents, table, volumes), paths, strict=True)
    each = typeset_each(documents, waiting=lambda: advance(0))
    with closing(each):
        for _path, volume in zip(each, volumes, strict=True):
            advance(volume.rows)
    return paths


def volume_path(path: Path, number: int) -> Path:
    """Where a volume is; the first one has the plain name."""
    return path if number == 1 else path.with_stem(f"{path.stem}-{number}")


def plan(table: Path) -> list[Volume]:
    """Divide the rows into volumes, none too large for the memory of a small machine."""
    volumes: list[Volume] = []
    rows = size = 0
    first = last = ""
    with table.open("rb") as file, closing(read_csv(file)) as found:
        for row in found:
            length = len("".join(row).encode())
            if rows and (rows == VOLUME_ROWS or size + length > VOLUME_BYTES):
                volumes.append(Volume(rows, first, last))
                rows = size = 0
            first = first if rows else row[0]
            last = row[0]
            rows, size = rows + 1, size + length
    return [*volumes, Volume(rows, first, last)]


def _documents(contents: Contents, table: Path, volumes: list[Volume]) -> Iterator[Document]:
    with table.open("rb") as file, closing(read_csv(file)) as found:
        for number, volume in enumerate(volumes, 1):
            parts = list(_parts(contents, islice(found, volume.rows)))
            of = _volume(number, len(volumes)) if len(volumes) > 1 else ""
            data = {**_about(contents, volume, of), "parts": parts}
            yield Document("list.typ", data, contents.made_at)


def _parts(contents: Contents, rows: Iterator[Row]) -> Iterator[dict[str, Any]]:
    is_paper = on_paper(contents)
    while part := list(islice(rows, _PART_ROWS)):
        first, last = (local_number(int(row[0])) for row in (part[0], part[-1]))
        numbers = _("%(first)s to %(last)s", first=first, last=last)
        yield {"numbers": numbers, "rows": [_shown(row, is_paper) for row in part]}


def _shown(row: Row, is_paper: Callable[[int], bool]) -> list[Any]:
    """A row for the typesetter: whether on paper, the six cells, and a mark when it is long."""
    number, name, postcode, country, signed_on, comment = row
    cells = [number, legible(name, country), legible(postcode, longest=6), country, signed_on]
    shown = [is_paper(int(number)), *cells, legible(comment, country)]
    wide = {"name": name, "postcode": postcode, "comment": comment}
    is_long = any(width(wide[column]) > most for column, most in _SHORT.items())
    return [*shown, 1] if is_long else shown


def on_paper(contents: Contents) -> Callable[[int], bool]:
    """Tells of a number whether it was signed on paper."""
    firsts = [first for first, _ in contents.paper]

    def check(number: int) -> bool:
        place = bisect_right(firsts, number)
        return place > 0 and number <= contents.paper[place - 1][1]

    return check


def _volume(number: int, of: int) -> str:
    return str(_("Volume %(number)s of %(all)s", number=local_number(number), all=local_number(of)))


def _about(contents: Contents, volume: Volume, of: str) -> dict[str, Any]:
    title, number = contents.campaign_title, local_number(contents.delivery)
    short = textwrap.shorten(contents.official.name, 40, placeholder=" …")
    until = _(
        "Delivery %(number)s of this campaign, confirmed up to %(moment)s.",
        number=number,
        moment=moment(contents.cut_off),
    )
    names = {"campaign": title, "volume": of}
    return {
        **spoken(),
        "title": _("Signatures: %(campaign)s, %(volume)s", **names)
        if of
        else _("Signatures: %(campaign)s", campaign=title),
        "site": "Groundswell",
        "campaign": legible(title),
        "short": legible(textwrap.shorten(title, 70, placeholder=" …")),
        "to": sentence(_("%(name)s · delivery %(number)s", name=named(short), number=number)),
        "volume": " · ".join(filter(None, (_("Signatures"), of))),
        "heads": [_("No."), _("Name"), _("Postcode"), "", _("Signed"), _("Comment")],
        "paper": _("paper"),
        "about": [
            sentence(_("To %(official)s.", official=named(addressee(contents)))),
            sentence(f"{until} {_held(contents, volume, of)}"),
        ],
    }


def _held(contents: Contents, volume: Volume, of: str) -> str:
    numbers = {
        "all": local_number(volume.rows),
        "first": local_number(int(volume.first or 0)),
        "last": local_number(int(volume.last or 0)),
    }
    if not of:
        return str(
            ngettext(
                "%(all)s signature, numbers %(first)s to %(last)s.",
                "%(all)s signatures, numbers %(first)s to %(last)s.",
                volume.rows,
                **numbers,
            )
        )
    return str(
        ngettext(
            "%(volume)s: %(all)s signature, numbers %(first)s to %(last)s. %(whole)s in all"
            " volumes.",
            "%(volume)s: %(all)s signatures, numbers %(first)s to %(last)s. %(whole)s in all"
            " volumes.",
            volume.rows,
            volume=of,
            whole=local_number(contents.count),
            **numbers,
        )
    )
