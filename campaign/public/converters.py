"""What may stand in an address: anything else is not found before it reaches a query."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, IntegerConverter


class SlugConverter(BaseConverter):
    regex = r"[a-z0-9][a-z0-9-]{0,99}"


class PictureConverter(BaseConverter):
    """A picture's SHA-256."""

    regex = r"[0-9a-f]{64}"


class TokenConverter(BaseConverter):
    regex = r"[A-Za-z0-9._-]{10,200}"


class RowConverter(IntegerConverter):
    """The number of a row: what a bigint can hold, in plain ASCII digits."""

    regex = r"[0-9]{1,18}"
