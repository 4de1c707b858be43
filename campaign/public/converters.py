"""What may stand in an address: anything else is not found before it reaches a query."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter, IntegerConverter, Map


class SlugConverter(BaseConverter):
    regex = r"[a-z0-9][a-z0-9-]{0,99}"


class TokenConverter(BaseConverter):
    regex = r"[A-Za-z0-9._-]{10,200}"


class RowConverter(IntegerConverter):
    """The number of a row: no larger than a column can hold."""

    def __init__(self, map: Map, **given: Any) -> None:
        super().__init__(map, max=2**63 - 1, **given)
