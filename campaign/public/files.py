"""Sending a file that is to be saved."""

from __future__ import annotations

from flask import Response

from campaign.delivery.fetching import Fetched

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "age": "application/octet-stream",
}


def send(fetched: Fetched) -> Response:
    """A file to be saved, as it is read. Whoever calls says that no cache keeps it."""
    kind = _TYPES[fetched.name.rpartition(".")[2]]
    response = Response(fetched.chunks(), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{fetched.name}"'
    response.content_length = fetched.size
    response.call_on_close(fetched.file.close)
    return response
