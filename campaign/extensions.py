"""The Flask extensions, made once and bound to an app in `campaign.app`."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask import current_app, request
from flask_limiter import Limiter
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, MetaData
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

from campaign.network import network_key

# Named constraints let a migration drop what an earlier one made, on every database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every model."""

    metadata = MetaData(naming_convention=NAMING)


RETRY_SECONDS = 2.0


def client_address() -> str:
    """The client's network address, as far as TRUSTED_PROXIES lets headers be believed."""
    return request.remote_addr or "unknown"


def client_network() -> str:
    """Whom a rate limit counts: a keyed hash, so that no network address lies in Redis."""
    secret: str = current_app.extensions["groundswell"].secret_key
    today = dt.datetime.now(dt.UTC).date()
    return network_key(client_address(), today, secret).hex()


db = SQLAlchemy(model_class=Model)
migrate = Migrate()
limiter = Limiter(client_network)


def autocommit_engine() -> Engine:
    """The database in autocommit, for acts that are one SQL statement.

    A single statement is a transaction of its own: this saves the BEGIN and COMMIT round trips.
    """
    return _in_autocommit(db.engine)


@lru_cache(maxsize=8)
def _in_autocommit(engine: Engine) -> Engine:
    # Kept, because making it costs more than most of the statements that it runs.
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def run_statement(sql: str, values: dict[str, Any]) -> Sequence[Any]:
    """Run one statement, durable when this returns. Returns its rows, if it has any.

    A connection that the server dropped (it restarted, say) is replaced and the statement
    tried again for up to two seconds: every statement run here must be harmless to repeat.
    """
    give_up = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            with autocommit_engine().connect() as connection:
                result = connection.exec_driver_sql(sql, values)
                return result.all() if result.returns_rows else ()
        except OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)
