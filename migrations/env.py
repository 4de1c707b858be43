"""Runs the migrations on the application's database. Migrations themselves never import models."""

from alembic import context
from flask import current_app

# Serialises migrations that several machines start at once.
LOCK = 7_236_551_004


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=current_app.extensions["migrate"].db.metadata,
            compare_server_default=True,
        )
        with context.begin_transaction():
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            context.run_migrations()


run()
