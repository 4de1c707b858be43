"""What may stand in an address: anything else is not found before it reaches a query."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class SlugConverter(BaseConverter):
    regex = r"[a-z0-9][a-z0-9-]{0,99}"


class PictureConverter(BaseConverter):
    """A picture's SHA-256."""

    regex = r"[0-9a-f]{64}"


class TokenConverter(BaseConverter):
    regex = r"[A-Za-z0-9._-]{10,200}"
