"""Health: whether this process can do its work, and how far behind the others are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import redis
from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model, autocommit_engine
from campaign.links import settings
from campaign.mail.status import oldest_waiting

LATE_SECONDS = 60.0


class Heartbeat(Model):
    """When a part that serves no requests was last alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


_BEAT = text(
    """
    INSERT INTO heartbeat (name, beat_at) VALUES (:name, now())
    ON CONFLICT (name) DO UPDATE SET beat_at = now()
    """
)
_AGE = text("SELECT extract(epoch FROM now() - beat_at) FROM heartbeat WHERE name = :name")
_UNCOUNTED = text("SELECT count(*) FROM (SELECT FROM signature_change LIMIT 1000000) AS waiting")


def beat(name: str) -> None:
    """Record that `name` is alive now."""
    with autocommit_engine().connect() as connection:
        connection.execute(_BEAT, {"name": name})


def readiness() -> tuple[bool, dict[str, Any]]:
    """Whether requests can be served, and the state of each part.

    Only the database decides: without broker, mail or scheduler people can still sign.
    """
    try:
        parts = {"database": {"state": "ok"}, **_behind()}
        ready = True
    except Exception as error:  # Whatever keeps us from the database, the answer is the same.
        parts = {"database": {"state": "down", "error": type(error).__name__}}
        ready = False
    parts["broker"] = _broker()
    return ready, {"ready": ready, **parts}


def _behind() -> dict[str, Any]:
    waiting = oldest_waiting()
    with autocommit_engine().connect() as connection:
        age = connection.execute(_AGE, {"name": "scheduler"}).scalar_one_or_none()
        uncounted = connection.execute(_UNCOUNTED).scalar_one()
    return {
        "mail": {"state": _state(waiting), "oldest_seconds": round(waiting, 1)},
        "counting": {"waiting": uncounted},
        "scheduler": {
            "state": "never seen" if age is None else _state(float(age)),
            "last_seen_seconds": None if age is None else round(float(age), 1),
        },
    }


def _state(seconds: float) -> str:
    return "ok" if seconds < LATE_SECONDS else "late"


def _broker() -> dict[str, Any]:
    try:
        client = redis.Redis.from_url(
            settings().redis_url or "", socket_timeout=1, socket_connect_timeout=1
        )
        try:
            client.ping()
        finally:
            client.close()
    except redis.RedisError as error:
        return {"state": "down", "error": type(error).__name__}
    return {"state": "ok"}
