"""Ways to typeset the same rows: what each costs in time, memory and bytes.

A way is measured with few and with many rows, each in a process of its own; what a row costs is
the difference. Time is that of the processor, which other people's work changes little.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from itertools import product

import typst

from bench.rounds import Row, table
from bench.scale import Scale
from campaign.delivery.typesetting.engine import spoken
from campaign.delivery.typesetting.fonts import folders
from campaign.delivery.typesetting.legible import legible
from campaign.resources import folder
from campaign.signatures.invented import COMMENTS, PEOPLES

_START = """
#import "/base.typ": *
#show: document-of.with(size: 8pt)
#set page(paper: "a4", margin: 15mm, footer: context counter(page).final().first())
#set par(spacing: 0.35mm)
#let widths = (15mm, 52mm, 19mm, 9mm, 19mm, 66mm)
"""
_BOXES = "it.zip(widths).map(((cell, width)) => box(width: width, say(cell))).join()"
WAYS = {
    "boxes in a paragraph": f"#for it in data.rows {{ par({_BOXES}) }}",
    "boxes in a block with a line": (
        f"#for it in data.rows {{ block(spacing: 0pt, stroke: (bottom: 0.3pt), par({_BOXES})) }}"
    ),
    "a grid for each row": (
        "#for it in data.rows { grid(columns: widths, ..it.map(cell => say(cell))) }"
    ),
    "one table": (
        "#table(columns: widths, stroke: none, inset: 1pt,"
        " ..data.rows.flatten().map(cell => say(cell)))"
    ),
    "one table with lines": (
        "#table(columns: widths, stroke: (bottom: 0.3pt), inset: 1pt,"
        " ..data.rows.flatten().map(cell => say(cell)))"
    ),
    "a table for each 500 rows": (
        "#for part in data.rows.chunks(500) { table(columns: widths, stroke: none, inset: 1pt,"
        " ..part.flatten().map(cell => say(cell))) }"
    ),
}


def measure(scale: Scale) -> str:
    """The table of what a row costs, tagged and not."""
    rows = [_row(way, tagged, scale) for way, tagged in product(WAYS, (True, False))]
    heads = ("way", "tagged", "rows a CPU second", "KB memory a row", "bytes a row")
    few, many = scale.typeset
    note = f"The difference between {few:,} and {many:,} rows of invented people."
    return table("Typesetting", heads, rows, note)


def _row(way: str, tagged: bool, scale: Scale) -> Row:
    few, many = (_measured(way, tagged, count) for count in scale.typeset)
    rows = scale.typeset[1] - scale.typeset[0]
    seconds, memory, size = (more - less for more, less in zip(many, few, strict=True))
    return (
        way,
        "yes" if tagged else "no",
        f"{rows / max(seconds, 1e-3):,.0f}",
        f"{memory / rows / 1000:,.0f}",
        f"{size / rows:,.0f}",
    )


def _measured(way: str, tagged: bool, count: int) -> list[float]:
    line = [sys.executable, "-m", "bench.typesetting", way, str(int(tagged)), str(count)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=600, check=True)
    return [float(word) for word in done.stdout.split()]


def _rows(count: int) -> list[list[object]]:
    people = [
        (p.between.join(name), p.country, p.postcode)
        for p in PEOPLES
        for name in product(p.first, p.second)
    ]
    found = (people[number * 7919 % len(people)] for number in range(count))
    return [
        [
            str(number),
            legible(name, country),
            postcode,
            country,
            "2026-03-01",
            legible(COMMENTS[number % len(COMMENTS)]) if number % 5 == 0 else "",
        ]
        for number, (name, country, postcode) in enumerate(found, 1)
    ]


def main(way: str, tagged: str, count: str) -> None:
    """Typeset once; print seconds of the processor, the most memory, and the size, in bytes."""
    data = {"title": way, "site": "bench", **spoken(), "rows": _rows(int(count))}
    fonts = typst.Fonts(False, False, [str(place) for place in folders()])
    before = _seconds()
    pdf = typst.compile(
        (_START + WAYS[way]).encode(),
        root=str(folder("templates") / "typst"),
        font_paths=fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=0,
        pdf_tags=tagged == "1",
    )
    seconds = _seconds() - before
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, len(pdf))


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(*sys.argv[1:])
