"""What an export holds: its columns and filters, as people choose them and as SQL.

A row is shown as it was at the cut-off. The rule is in docs/decisions/0012-exports.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from campaign.countries import CODES
from campaign.days import read_day
from campaign.delivery.exporting import CELL_LENGTH
from campaign.delivery.spreadsheets import inert
from campaign.errors import Invalid

FORMATS = ("csv", "xlsx")
# Erased people are in no export: nothing is left of them to take out.
STATES = ("confirmed", "pending", "withdrawn", "excluded")
MAX_PURPOSE = 300


class Column(NamedTuple):
    """A column that an export may have: its SQL, how wide a spreadsheet shows it, what it is."""

    sql: str
    width: float
    says: str
    preselected: bool = False
    sensitive: bool = False


def _yes_or_no(column: str) -> str:
    return f"CASE WHEN {column} THEN 'yes' ELSE 'no' END"


def _moment(column: str) -> str:
    return f"coalesce(to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '')"


COLUMNS: dict[str, Column] = {
    "number": Column("(%(done)s + row_number() OVER (ORDER BY id))", 10, "1, 2, 3, …", True),
    "id": Column("id", 10, "what the signature is called in the workspace"),
    "name": Column(inert("name"), 32, "as given", True),
    "email": Column(inert("email"), 36, "given to confirm, not to be passed on", sensitive=True),
    "country": Column(inert("country"), 9, "two-letter code", True),
    "postcode": Column(inert("postcode"), 12, "as given", True),
    "signed_on": Column("created_at::date", 12, "date of signing, UTC", True),
    "confirmed_at": Column(_moment("confirmed_at"), 22, "moment of confirmation, UTC"),
    "state": Column("state", 12, "at the cut-off"),
    "comment": Column(inert(f"left(comment, {CELL_LENGTH})"), 60, "as given", True),
    "updates": Column(_yes_or_no("updates"), 9, "whether they want updates"),
    "public": Column(_yes_or_no("public"), 9, "whether their name may be shown"),
    "consent_version": Column("consent_version", 16, "the wording they agreed to"),
    "text_version": Column("text_version", 13, "the version of the text they signed"),
    "source": Column(inert("source"), 24, "where they came from"),
}
PRESELECTED = tuple(name for name, column in COLUMNS.items() if column.preselected)


@dataclass(frozen=True)
class Filters:
    """Which signatures: each that is not empty must match. Dates are ISO 8601, inclusive, UTC."""

    states: tuple[str, ...] = ("confirmed",)
    text_version: int | None = None
    country: str = ""
    since: str = ""
    until: str = ""
    updates: bool = False

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Wish:
    """An export as somebody asked for it, checked."""

    purpose: str
    format: str
    columns: tuple[str, ...]
    filters: Filters


def read_wish(fields: Mapping[str, str], columns: Collection[str], states: Collection[str]) -> Wish:
    """Check what a form says. Raises Invalid with a sentence for each wrong field."""
    wrong: dict[str, str] = {}
    purpose = " ".join(fields.get("purpose", "").split())
    if not 5 <= len(purpose) <= MAX_PURPOSE or not purpose.isprintable():
        wrong["purpose"] = f"Say in 5 to {MAX_PURPOSE} characters what the export is for."
    if fields.get("format") not in FORMATS:
        wrong["format"] = "Choose CSV or XLSX."
    if not columns or not set(columns) <= set(COLUMNS):
        wrong["columns"] = "Choose at least one of the columns."
    filters = _read_filters(fields, states, wrong)
    if wrong:
        order = ("purpose", "format", "columns", "states", "text_version", "country", "since")
        raise Invalid({name: wrong[name] for name in (*order, "until") if name in wrong})
    in_order = tuple(name for name in COLUMNS if name in columns)
    return Wish(purpose, fields["format"], in_order, filters)


def _read_filters(
    fields: Mapping[str, str], states: Collection[str], wrong: dict[str, str]
) -> Filters:
    if not states or not set(states) <= set(STATES):
        wrong["states"] = "Choose at least one state."
    version = fields.get("text_version", "")
    if version and not (version.isascii() and version.isdecimal() and len(version) < 7):
        wrong["text_version"] = "Choose one of the versions."
        version = ""
    country = fields.get("country", "")
    if country and country not in CODES:
        wrong["country"] = "Choose a country from the list."
    days = {name: _day(name, fields.get(name, ""), wrong) for name in ("since", "until")}
    if days["since"] and days["until"] and days["since"] > days["until"]:
        wrong["until"] = "The last day must not be before the first."
    return Filters(
        states=tuple(state for state in STATES if state in states),
        text_version=int(version) if version else None,
        country=country,
        updates=fields.get("updates") == "y",
        **days,
    )


def _day(name: str, given: str, wrong: dict[str, str]) -> str:
    if not given.strip():
        return ""
    try:
        return read_day(given).isoformat()
    except ValueError:
        wrong[name] = "Enter a date such as 2026-05-31."
        return ""
