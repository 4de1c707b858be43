"""Empties the database between tests: nothing is left in it, and every number begins anew.

TRUNCATE makes new files for every table and index there is, which costs more than most tests do.
So what the last tests have left is deleted, and truncated only once that has become too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter

from sqlalchemy import Connection

MUCH = 256 * 1024
"""Bytes that a table may hold, deleted rows included, before all tables are truncated."""

_TABLES = """
    SELECT kept.oid::regclass::text,
        array_agg(refers.conrelid::regclass::text) FILTER (WHERE refers.conrelid <> kept.oid)
    FROM pg_class kept
    LEFT JOIN pg_constraint refers ON refers.confrelid = kept.oid AND refers.contype = 'f'
    WHERE kept.relkind = 'r' AND kept.relnamespace = 'public'::regnamespace
        AND kept.relname <> 'alembic_version'
    GROUP BY kept.oid
"""
_SIZES = """
    SELECT oid::regclass::text, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_NUMBERS = """
    SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
# Nothing may empty the record; a test that starts anew must.
_GUARD = "ALTER TABLE audit_event {} TRIGGER audit_event_append_only"


def tables_in(connection: Connection) -> list[str]:
    """All tables with content of ours, each before those that it refers to."""
    found = connection.exec_driver_sql(_TABLES)
    return list(TopologicalSorter({table: refers or () for table, refers in found}).static_order())


def keep_in_order(connection: Connection) -> None:
    """Let no row take the place of a deleted one: what is read comes in the order of writing."""
    for table in tables_in(connection):
        connection.exec_driver_sql(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")


def empty(connection: Connection, tables: Sequence[str]) -> None:
    """Empty the `tables`, which `tables_in` has put in order."""
    # As TRUNCATE does: whoever is still at work on them ends first.
    connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
    sizes = {table: size for table, size in connection.exec_driver_sql(_SIZES) if size}
    if max(sizes.values(), default=0) > MUCH:
        full = list(tables)
        statements = [f"TRUNCATE {', '.join(tables)}"]
    else:
        full = [table for table in tables if table in sizes]
        statements = [f"DELETE FROM {table}" for table in full]
    if "audit_event" in full:
        statements = [_GUARD.format("DISABLE"), *statements, _GUARD.format("ENABLE ALWAYS")]
    for statement in [*statements, _NUMBERS]:
        connection.exec_driver_sql(statement)
