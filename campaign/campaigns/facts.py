"""What signing must know about a campaign, read at most once a second."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from sqlalchemy import text

from campaign.errors import NotFound
from campaign.extensions import autocommit_engine

FRESH_SECONDS = 1.0

_QUERY = text(
    """
    SELECT c.id, c.slug, c.title, c.ask, c.state, c.opens_at, c.closes_at,
           array_agg(t.id ORDER BY t.version) AS text_ids,
           (SELECT coalesce(json_object_agg(w.language, json_build_array(w.title, w.ask)), '{}')
            FROM campaign_translation w
            WHERE w.campaign_id = c.id AND w.language <> c.language AND NOT w.stale) AS translated
    FROM campaign c JOIN pledge_text t ON t.campaign_id = c.id
    WHERE c.slug = :slug GROUP BY c.id
    """
)


@dataclass(frozen=True)
class CampaignFacts:
    """A campaign as the hot path sees it. `text_ids[n - 1]` is the id of text version n.

    `translated` has the title and the ask in other languages than that of the original.
    """

    id: int
    slug: str
    title: str
    ask: str
    state: str
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    text_ids: tuple[int, ...]
    translated: dict[str, list[str]]

    def words(self, language: str) -> tuple[str, str]:
        """The title and the ask in `language`, or else as they were written."""
        title, ask = self.translated.get(language) or (self.title, self.ask)
        return title, ask

    def accepting(self, now: dt.datetime) -> bool:
        return (
            self.state == "open"
            and (self.opens_at is None or self.opens_at <= now)
            and (self.closes_at is None or now < self.closes_at)
        )


def campaign_facts(slug: str) -> CampaignFacts:
    """The facts of the campaign `slug`, at most a second old. Raises NotFound.

    A draft does not exist for the public, so it is not found either.
    """
    key = (id(autocommit_engine().pool), slug)
    made, facts = _cache.get(key, (0.0, None))
    if facts is None or time.monotonic() - made > FRESH_SECONDS:
        facts = _read(slug)
        _cache[key] = (time.monotonic(), facts)
    return facts


def forget_facts() -> None:
    """Drop what is remembered, so that a change made in this process is seen at once."""
    _cache.clear()


def _read(slug: str) -> CampaignFacts:
    with autocommit_engine().connect() as connection:
        row = connection.execute(_QUERY, {"slug": slug}).one_or_none()
    if row is None or row.state == "draft":
        raise NotFound
    return CampaignFacts(**{**row._asdict(), "text_ids": tuple(row.text_ids)})


_cache: dict[tuple[int, str], tuple[float, CampaignFacts | None]] = {}
