"""What may stand in an address: anything else is not found before it reaches a query."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, IntegerConverter


class SlugConverter(BaseConverter):
    regex = r"[a-z0-9][a-z0-9-]{0,99}"


class TokenConverter(BaseConverter):
    regex = r"[A-Za-z0-9._-]{10,200}"


class RowConverter(IntegerConverter):
    """The number of a row: no larger than the database can hold."""

    regex = r"[0-9]{1,18}"
