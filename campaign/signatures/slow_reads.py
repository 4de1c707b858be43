"""Reads that may have to look at every signature of a campaign: given up in time, with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from campaign.errors import Invalid

SECONDS = 10
_TIMEOUT = text("SELECT set_config('statement_timeout', :wait, true)")


@contextmanager
def given_up_in_time(connection: Connection) -> Iterator[None]:
    """Each statement in here may take ten seconds, then the database stops it. Raises Invalid.

    `connection` is in a transaction, which is of no more use when that happened.
    """
    connection.execute(_TIMEOUT, {"wait": f"{SECONDS * 1000:.0f}"})
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        what = f"This took longer than {SECONDS} seconds and was stopped; nothing was changed."
        how = "Narrow it down: add a time, a domain or a network."
        raise Invalid({"form": f"{what} {how}"}) from None
    connection.execute(_TIMEOUT, {"wait": "0"})
