"""Figures as CSV, and their values in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from flask import Response, stream_with_context

from campaign.countries import country_names
from campaign.delivery.spreadsheets import inert_text
from campaign.signatures.aggregates import FIGURES as _FIGURES

FIGURES = ("submitted", *_FIGURES)
# The sources that our own pages name.
_WAYS = {
    "share": "Shared by supporters",
    "share-app": "Shared by supporters: from a telephone",
    "share-whatsapp": "Shared by supporters: WhatsApp",
    "share-telegram": "Shared by supporters: Telegram",
    "share-email": "Shared by supporters: email",
    "share-x": "Shared by supporters: X",
    "share-bluesky": "Shared by supporters: Bluesky",
    "share-mastodon": "Shared by supporters: Mastodon",
    "share-qr": "Shared by supporters: QR code",
    "next-campaign": "Signed after another campaign",
}
_UNKNOWN = {"country": "Not known", "source": "Straight to the page", "domain": "Not known"}


def download(rows: Iterable[tuple[object, ...]], name: str) -> Response:
    """`rows` as a CSV file that no spreadsheet runs, made as it is sent."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    lines = stream_with_context(_csv(rows))
    return Response(lines, mimetype="text/csv; charset=utf-8", headers=headers)


def _csv(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    # Without the mark, Excel takes UTF-8 for something else.
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(["" if c is None else inert_text(str(c)) for c in row])
        yield line.getvalue()


def name_of(dimension: str, value: str, articles: Mapping[str, str]) -> str:
    """What a person calls `value`; `articles` are the titles that sources may name."""
    if not value:
        return _UNKNOWN[dimension]
    if dimension == "country":
        return country_names().get(value, value)
    if dimension == "source":
        return _source(value, articles)
    return value


def _source(value: str, articles: Mapping[str, str]) -> str:
    parts = dict(part.partition("=")[::2] for part in value.split("&"))
    origin = parts.get("from", "")
    if value == f"from={origin}" and origin in _WAYS:
        return _WAYS[origin]
    if value == f"from={origin}" and origin in articles:
        return f"Article: {articles[origin]}"
    tags = [parts[n] for n in ("utm_source", "utm_medium", "utm_campaign") if parts.get(n)]
    return " · ".join([*([f"Link: {origin}"] if origin else []), *tags]) or value
