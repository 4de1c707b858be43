"""Officials from a table (CSV): what can be taken is taken, and each other line has its reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from campaign.accounts.audit import Actor, record
from campaign.campaigns.officials import official_draft, store_official
from campaign.campaigns.values import OFFICIAL_KEYS, OFFICIAL_OPTIONAL, official_values
from campaign.content.rules import suggested_slug
from campaign.content.storing import UNCHANGED, importing
from campaign.errors import Invalid

MAX_BYTES = 1_000_000
MAX_LINES = 1_000
NEEDED = tuple(name for name in OFFICIAL_KEYS if name not in ("slug", *OFFICIAL_OPTIONAL))


@dataclass(frozen=True)
class Accepted:
    """A line that was taken: `outcome` is added, updated or unchanged."""

    line: int
    slug: str
    name: str
    outcome: str


@dataclass(frozen=True)
class Refused:
    """A line that was not, and why."""

    line: int
    reason: str


@dataclass
class Report:
    """What became of every line, counted from 1; the heading is line 1."""

    accepted: list[Accepted] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def import_officials(raw: bytes, *, actor: Actor) -> Report:
    """Add or update an official for each line of a CSV file.

    Its first line names the columns: name, title, body, email and, if wanted, slug, without which
    it is made from the name, and area_country, area_postcodes, age_key, language. Raises Invalid,
    on the field `table`, when the file is no such table.
    """
    lines = list(_lines(raw))
    report = Report()
    seen: dict[str, int] = {}
    with importing() as session:
        for number, values in lines:
            _take(session, report, seen, number, values, actor)
        # Once and last: until this commits, nothing else can be put on record.
        if changed := [one.slug for one in report.accepted if one.outcome != UNCHANGED]:
            details = {"saved": changed, "refused": len(report.refused)}
            record(session.connection(), actor, "officials imported", "officials", details)
    return report


def _take(
    session: Session,
    report: Report,
    seen: dict[str, int],
    number: int,
    values: dict[str, str] | None,
    actor: Actor,
) -> None:
    if values is None:
        report.refused.append(Refused(number, "has more cells than there are columns"))
        return
    named = bool(values.get("slug"))
    values["slug"] = values.get("slug") or suggested_slug(values["name"])
    draft = official_draft(values)
    wrong = [f"{name} {what}" for name, what in draft.mistakes.by_field().items()]
    if not wrong and seen.setdefault(draft.slug, number) != number:
        wrong = [f"{draft.slug} is already on line {seen[draft.slug]}"]
    known = official_values(session, draft.slug) if not wrong and not named else None
    if known and known["email"] != draft.values["email"]:
        wrong = [f"{draft.slug} is somebody else already: give a slug, that one to change it"]
    if wrong:
        report.refused.append(Refused(number, "; ".join(wrong)))
        return
    _, saved = store_official(session, draft.values, actor, recorded=False)
    report.accepted.append(Accepted(number, saved.slug, draft.values["name"], saved.outcome))


def _lines(raw: bytes) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Each line's number and its values by column; None when it has too many."""
    rows = _rows(raw)
    _, heading = next(rows, (1, []))
    columns = [name.strip().lower() for name in heading]
    if missing := [name for name in NEEDED if name not in columns]:
        raise _no_table(f"has no column {', '.join(missing)} in its first line")
    if len(set(columns)) < len(columns):
        raise _no_table("names a column twice in its first line")
    for count, (number, cells) in enumerate(rows):
        if count >= MAX_LINES:
            raise _no_table(f"has more than {MAX_LINES:,} lines")
        if any(cell.strip() for cell in cells):
            found = dict.fromkeys(("slug", *NEEDED), "") | dict(zip(columns, cells, strict=False))
            values = {name: found[name] for name in OFFICIAL_KEYS if name in found}
            yield number, values if len(cells) <= len(columns) else None


def _rows(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    if len(raw) > MAX_BYTES:
        raise _no_table(f"is larger than {MAX_BYTES:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _no_table("is not UTF-8: save it as “CSV UTF-8”") from None
    first = text.partition("\n")[0]
    # Spreadsheets of half the world write semicolons.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ","
    )
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise _no_table(f"cannot be read at line {reader.line_num}: {error}") from None


def _no_table(reason: str) -> Invalid:
    return Invalid({"table": reason})
