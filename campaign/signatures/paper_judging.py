"""Which lines of a table are new, which are there already, and whose wish it is not to be counted.

The lines are put into a temporary table, and judged there by what the database knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from campaign.signatures.paper_reading import COLUMNS, Line, Refused

# Nobody is told more of an online signature than why the line does not count.
_ONLINE = {
    "confirmed": "signed online with this address",
    "excluded": "signed online with this address, and was excluded there",
    "withdrawn": "has asked not to be counted",
    "erased": "has asked not to be counted",
}
_WISH = ("withdrawn", "erased")
_SAME = "name_key, postcode, country, signed_on, comment"

_TABLE = text(
    f"""
    CREATE TEMPORARY TABLE paper_line (line integer, {", ".join(f"{c} text" for c in COLUMNS)},
        canonical text, name_key text GENERATED ALWAYS AS (lower(name)) STORED,
        verdict text, place text) ON COMMIT DROP
    """.replace("signed_on text", "signed_on date")
)
_COPY = f"COPY paper_line (line, {', '.join(COLUMNS)}, canonical) FROM STDIN"
# Each judges what none before it has judged. Signing online comes first: it may be a wish. Who has
# not confirmed may be somebody else who typed this address; who does takes the place of the paper.
ONLINE = text(
    """
    UPDATE paper_line l SET verdict = s.state FROM signature s
    WHERE verdict IS NULL AND s.campaign_id = :campaign_id AND s.email_canonical = l.canonical
        AND s.state <> 'pending'
    """
)
_JUDGE = (
    ONLINE,
    text(
        """
        UPDATE paper_line l SET verdict = 'on paper', place = b.name
        FROM paper_signature p JOIN paper_batch b ON b.id = p.batch_id
        WHERE verdict IS NULL AND p.campaign_id = :campaign_id AND p.state = 'counted'
            AND p.email_canonical = l.canonical
        """
    ),
    text(
        """
        UPDATE paper_line l SET verdict = 'alike on paper', place = b.name
        FROM paper_signature p JOIN paper_batch b ON b.id = p.batch_id
        WHERE verdict IS NULL AND l.canonical IS NULL AND p.campaign_id = :campaign_id
            AND p.state = 'counted' AND lower(p.name) = l.name_key AND p.postcode = l.postcode
            AND p.country = l.country AND p.signed_on = l.signed_on AND p.comment = l.comment
        """
    ),
    text(
        """
        UPDATE paper_line l SET verdict = 'twice', place = f.first FROM (SELECT line,
            min(line) OVER (PARTITION BY canonical) AS first FROM paper_line
            WHERE canonical IS NOT NULL) AS f
        WHERE verdict IS NULL AND f.line = l.line AND f.first < l.line
        """
    ),
    text(
        f"""
        UPDATE paper_line l SET verdict = 'alike', place = f.first FROM (SELECT line,
            min(line) OVER (PARTITION BY {_SAME}) AS first FROM paper_line) AS f
        WHERE verdict IS NULL AND l.canonical IS NULL AND f.line = l.line AND f.first < l.line
        """
    ),
)
_JUDGED = text("SELECT * FROM paper_line WHERE verdict IS NOT NULL ORDER BY line")
_NEW = text("SELECT count(*) FROM paper_line WHERE verdict IS NULL")


@dataclass(frozen=True)
class Duplicate:
    """A line whose signature is there already, and where."""

    number: int
    reason: str


@dataclass
class Outcome:
    """What becomes of every line of a table."""

    added: int = 0
    duplicate: list[Duplicate] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def load(connection: Connection, lines: Iterable[Line | Refused]) -> list[Refused]:
    """Put the lines into `paper_line`, which the end of the transaction drops.

    Returns those that were refused. Raises what reading raises.
    """
    connection.execute(_TABLE)
    refused = []
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for one in lines:
            if isinstance(one, Refused):
                refused.append(one)
            else:
                cells = (getattr(one, name) for name in COLUMNS)
                copy.write_row((one.number, *cells, one.canonical))
    connection.execute(text("ANALYZE paper_line"))
    return refused


def judge(connection: Connection, campaign_id: int) -> None:
    """Give each line that is not new its verdict."""
    for statement in _JUDGE:
        connection.execute(statement, {"campaign_id": campaign_id})


def outcome(connection: Connection, refused: list[Refused]) -> Outcome:
    """What becomes of the lines, each in words."""
    found = Outcome(int(connection.execute(_NEW).scalar_one()), refused=list(refused))
    for row in connection.execute(_JUDGED):
        if row.verdict in _WISH:
            cells = tuple(str(getattr(row, name)) for name in COLUMNS)
            found.refused.append(Refused(row.line, _ONLINE[row.verdict], cells))
        else:
            found.duplicate.append(Duplicate(row.line, _words(row.verdict, row.place)))
    found.refused.sort(key=lambda one: one.number)
    return found


def _words(verdict: str, place: str) -> str:
    return {
        **_ONLINE,
        "on paper": f"this address is on paper already, in the batch “{place}”",
        "alike on paper": f"the same line is in the batch “{place}” already",
        "twice": f"this address is on line {place} already",
        "alike": f"it is the same as line {place}",
    }[verdict]
