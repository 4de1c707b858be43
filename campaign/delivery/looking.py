"""What the pages show of exports: how far each is, what became of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from campaign.errors import NotFound
from campaign.extensions import db

PAGE = 25

_EXPORT = """
    SELECT e.id, e.again_id, e.made_by, e.purpose, e.format, e.columns, e.filters, e.cut_off,
        e.state, e.requested_at, e.total, e.done, e.size, e.sha256, e.ready_at, e.expires_at,
        e.error
    FROM export e JOIN campaign c ON c.id = e.campaign_id
"""
_LIST = text(
    f"{_EXPORT} WHERE c.slug = :slug AND e.id < :before ORDER BY e.id DESC LIMIT {PAGE + 1}"
)
_ONE = text(f"{_EXPORT} WHERE c.slug = :slug AND e.id = :id")
_TEXTS = text(
    """
    SELECT t.version, t.created_at FROM pledge_text t JOIN campaign c ON c.id = t.campaign_id
    WHERE c.slug = :slug ORDER BY t.version
    """
)
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True)
class ExportShown:
    """An export on a page."""

    id: int
    again_id: int | None
    made_by: str
    purpose: str
    format: str
    columns: list[str]
    filters: dict[str, Any]
    cut_off: dt.datetime | None
    state: str
    requested_at: dt.datetime
    total: int | None
    done: int
    size: int | None
    sha256: str | None
    ready_at: dt.datetime | None
    expires_at: dt.datetime | None
    error: str | None

    @property
    def under_way(self) -> bool:
        return self.state in ("requested", "running")

    @property
    def held_back(self) -> bool:
        """Whether an open transaction made the cut-off earlier than the order."""
        return bool(self.cut_off and not self.again_id and self.cut_off < self.requested_at)

    @property
    def share(self) -> float | None:
        """How far it is, from 0 to 1; None while nobody can tell."""
        if not self.total or (self.format == "xlsx" and self.done >= self.total):
            return None
        return round(self.done / self.total, 3)

    @property
    def says(self) -> str:
        """How far it is, in words."""
        if self.total is None:
            return "Waiting for a worker."
        if self.total and self.share is None:
            return "Making the workbook."
        return f"{self.done:,} of {self.total:,} rows."


def exports(slug: str, *, before: int = _LARGEST) -> list[ExportShown]:
    """Up to a page of a campaign's exports and one more, the latest first."""
    with db.engine.connect() as connection:
        rows = connection.execute(_LIST, {"slug": slug, "before": before}).mappings()
        return [ExportShown(**row) for row in rows]


def export(slug: str, export_id: int) -> ExportShown:
    """One export of a campaign. Raises NotFound."""
    with db.engine.connect() as connection:
        rows = connection.execute(_ONE, {"slug": slug, "id": export_id}).mappings().all()
    if not rows:
        raise NotFound
    return ExportShown(**rows[0])


def texts(slug: str) -> list[Any]:
    """The versions of a campaign's text: version, created_at."""
    with db.engine.connect() as connection:
        return list(connection.execute(_TEXTS, {"slug": slug}))
