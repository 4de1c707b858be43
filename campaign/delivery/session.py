"""A database session of its own for work that lasts minutes."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import psycopg
from psycopg.pq import ExecStatus
from psycopg.rows import namedtuple_row

from campaign.delivery.errors import DatabaseFailed
from campaign.extensions import db

Session = psycopg.Connection[Any]


@contextlib.contextmanager
def session() -> Iterator[Session]:
    """A connection outside the pool, in autocommit, writing dates as ISO 8601 in UTC.

    What it locks is free again when it ends, however it ends. Raises DatabaseFailed, whose
    message never carries a value: psycopg's own messages may quote rows.
    """
    try:
        pooled = db.engine.raw_connection()
        pg = cast("Session", pooled.driver_connection)
        pooled.detach()
        with contextlib.closing(pooled):
            pg.autocommit = True
            pg.row_factory = namedtuple_row
            pg.execute("SET datestyle TO iso; SET timezone TO utc")
            # Tables that have just grown look empty to the planner, which would then compare
            # each of a million rows with each of the others.
            pg.execute("SET enable_nestloop TO off")
            try:
                yield pg
            finally:
                # The server notices a little later that a connection is closed, and whoever comes
                # at once must find free what was locked.
                with contextlib.suppress(psycopg.Error):
                    pg.execute("SELECT pg_advisory_unlock_all()")
    except psycopg.Error as error:
        reason = error.diag.message_primary or str(error).strip().partition("\n")[0]
        raise DatabaseFailed(f"the database failed: {reason}") from None


def one(pg: Session, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
    """The one row that `query` must find."""
    return pg.execute(query, values).fetchall()[0]


def copied(pg: Session, statement: str, values: Mapping[str, Any]) -> Generator[bytes, None, None]:
    """The messages of COPY … TO STDOUT: PostgreSQL's protocol sends each row as one message.

    Close it when it is not read to its end, or the session stays in the COPY. Raises psycopg.Error.
    """
    # Reading from libpq itself halves the cost of a row; starting and giving up stay psycopg's.
    # A thousand views of libpq's memory would be a thousand objects for the garbage collector to
    # look at again and again, bytes are none.
    with pg.cursor().copy(statement, values):
        length, message = pg.pgconn.get_copy_data(0)
        while length > 0:
            yield bytes(message)
            length, message = pg.pgconn.get_copy_data(0)
        result = pg.pgconn.get_result()
        while pg.pgconn.get_result() is not None:
            pass
        if result is None or result.status != ExecStatus.COMMAND_OK:
            raise DatabaseFailed("the database failed: it did not send all rows")


class Subject(NamedTuple):
    """The campaign that signatures belong to."""

    id: int
    slug: str
    title: str


def subject(pg: Session, slug: str) -> Subject | None:
    """The campaign `slug`, drafts included, or None."""
    found = pg.execute("SELECT id, slug, title FROM campaign WHERE slug = %s", [slug]).fetchone()
    return Subject(*found) if found else None
