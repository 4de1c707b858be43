"""Importing signatures that were collected on paper: counted apart, delivered with the rest.

Of one address only one signature counts, also when it is confirmed online at the moment of the
import. Imports into a campaign take turns. Before a batch becomes visible, the import holds a lock
that whoever confirms holds, too, shared: those who confirm before it are duplicates in the table,
those who confirm after it find their row on paper and take its place (`supersede_paper`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.errors import Invalid
from campaign.extensions import db
from campaign.signatures.changes import note_paper
from campaign.signatures.finding import campaign_of
from campaign.signatures.paper_judging import ONLINE, Outcome, judge, load, outcome
from campaign.signatures.paper_reading import COLUMNS, read_lines

SHOWN = 10
LONGEST_NAME = 60

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))")
_FIRST = text(
    f"""
    SELECT line, {", ".join(COLUMNS)} FROM paper_line WHERE verdict IS NULL
    ORDER BY line LIMIT {SHOWN}
    """
)
_TEXT = text(
    """
    SELECT id FROM pledge_text WHERE campaign_id = :campaign_id
        AND (version = :version OR CAST(:version AS integer) IS NULL)
    ORDER BY version DESC LIMIT 1
    """
)
# The unique index decides whose batch has the name.
_BATCH = text(
    """
    INSERT INTO paper_batch (campaign_id, pledge_text_id, name, made_by, added, duplicate, refused)
    VALUES (:campaign_id, :pledge_text_id, :name, :made_by, 0, 0, 0)
    ON CONFLICT (campaign_id, name) WHERE undone_at IS NULL DO NOTHING RETURNING id
    """
)
_PUT = text(
    f"""
    INSERT INTO paper_signature (campaign_id, batch_id, line, {", ".join(COLUMNS)}, email_canonical)
    SELECT :campaign_id, :batch_id, line, {", ".join(COLUMNS)}, canonical
    FROM paper_line WHERE verdict IS NULL ORDER BY line
    """
)
_TAKE_BACK = text(
    """
    DELETE FROM paper_signature p USING paper_line l
    WHERE p.batch_id = :batch_id AND l.line = p.line AND l.verdict IS NOT NULL
    """
)
_NOTE = text(
    f"""
    WITH put AS (SELECT campaign_id FROM paper_signature WHERE batch_id = :batch_id)
    {note_paper("put", "NULL", "'paper'")}
    """
)
_FIGURES = text(
    "UPDATE paper_batch SET added = :added, duplicate = :duplicate, refused = :refused"
    " WHERE id = :batch_id"
)
_GIVE_UP = text("DELETE FROM paper_batch WHERE id = :batch_id")


@dataclass
class Preview(Outcome):
    """What an import would do now; `first` are some of the rows that it would add."""

    first: list[dict[str, object]] = field(default_factory=list)


@dataclass
class Report(Outcome):
    """What an import did. Without a batch when there was nothing to add."""

    batch_id: int | None = None


def read_paper(data: bytes, slug: str) -> Preview:
    """What importing the CSV file `data` into the campaign would do now; nothing is kept.

    Raises NotFound, or Invalid when the file is no such table.
    """
    with db.engine.connect() as connection:
        campaign_id = campaign_of(connection, slug)
        refused = load(connection, read_lines(data))
        judge(connection, campaign_id)
        first = [dict(row) for row in connection.execute(_FIRST).mappings()]
        found = outcome(connection, refused)
    return Preview(found.added, found.duplicate, found.refused, first)


def import_paper(
    slug: str, data: bytes, *, batch: str, text_version: int | None = None, actor: Actor
) -> Report:
    """Import what can be taken of a CSV file as the batch of that name: everything or nothing.

    `text_version` is that of the text on the sheets, without it the newest. Raises NotFound, or
    Invalid for a file that is no such table, a name that is taken or an unknown version.
    """
    name = clean_batch_name(batch)
    with db.engine.begin() as connection:
        campaign_id = campaign_of(connection, slug)
        connection.execute(_LOCK, {"lock": f"paper import of campaign {campaign_id}"})
        refused = load(connection, read_lines(data))
        judge(connection, campaign_id)
        batch_id = _begin(connection, campaign_id, name, text_version, actor)
        _put(connection, campaign_id, batch_id)
        found = outcome(connection, refused)
        report = Report(found.added, found.duplicate, found.refused, batch_id)
        if not report.added:
            return _nothing(connection, report)
        _finish(connection, slug, report, actor)
    jobs.ring(jobs.FOLD_COUNTS)
    return report


def clean_batch_name(name: str) -> str:
    """The name of a batch as it is kept, one line. Raises Invalid."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name:
        raise Invalid({"batch": "Give the batch a name, for example the number on its sheets."})
    if len(name) > LONGEST_NAME:
        raise Invalid({"batch": f"Use at most {LONGEST_NAME} characters for the name."})
    if not name.isprintable():
        raise Invalid({"batch": "Remove the invisible or control characters from the name."})
    return name


def _text_id(connection: Connection, campaign_id: int, version: int | None) -> int:
    """The id of a version of the text, or of the newest. Raises Invalid."""
    known = version is None or 0 < version < 1_000_000
    values = {"campaign_id": campaign_id, "version": version}
    found = connection.execute(_TEXT, values).scalar_one_or_none() if known else None
    if found is None:
        raise Invalid({"text_version": f"The text has no version {version}."})
    return int(found)


def _begin(
    connection: Connection, campaign_id: int, name: str, version: int | None, actor: Actor
) -> int:
    values = {"campaign_id": campaign_id, "name": name, "made_by": actor.name}
    values["pledge_text_id"] = _text_id(connection, campaign_id, version)
    batch_id = connection.execute(_BATCH, values).scalar_one_or_none()
    if batch_id is None:
        raise Invalid({"batch": "There is a batch of this name already. Choose another name."})
    return int(batch_id)


def _put(connection: Connection, campaign_id: int, batch_id: int) -> None:
    """Put in what is new. Whoever has signed online meanwhile is taken back."""
    values = {"campaign_id": campaign_id, "batch_id": batch_id}
    connection.execute(_PUT, values)
    # Last, because whoever confirms has to wait from here to the end.
    connection.execute(_LOCK, {"lock": f"paper of campaign {campaign_id}"})
    connection.execute(ONLINE, values)
    connection.execute(_TAKE_BACK, values)


def _nothing(connection: Connection, report: Report) -> Report:
    # The name stays free for the table that is put right.
    connection.execute(_GIVE_UP, {"batch_id": report.batch_id})
    return Report(0, report.duplicate, report.refused)


def _finish(connection: Connection, slug: str, report: Report, actor: Actor) -> None:
    figures = {
        "added": report.added,
        "duplicate": len(report.duplicate),
        "refused": len(report.refused),
    }
    connection.execute(_NOTE, {"batch_id": report.batch_id})
    connection.execute(_FIGURES, {**figures, "batch_id": report.batch_id})
    details = {"campaign": slug, **figures}
    record(connection, actor, "paper imported", f"paper:{report.batch_id}", details)
