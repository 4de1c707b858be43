"""Lists that are paged by number: the address says before or after which one to go on."""

from __future__ import annotations

import re

from flask import request


def page_start(name: str = "before") -> dict[str, int]:
    """Where a list goes on, under that name; nothing when the address does not say."""
    given = request.args.get(name, "")
    return {name: int(given)} if re.fullmatch("[0-9]{1,18}", given) else {}
