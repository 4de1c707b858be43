"""Refuses posts that another site's page makes a visitor's browser send.

The public form has no cookie to protect, and a token would make its page different for every
visitor. Browsers say themselves where a request comes from (Fetch Metadata, W3C; the Origin
header, RFC 6454).
"""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import Forbidden

from campaign.links import settings


def refuse_other_sites() -> None:
    """Raises Forbidden for a cross-site post. A client that is no browser sends neither header."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site in ("same-origin", "none"):
            return
        raise Forbidden("This form can only be sent from this site.")
    origin = request.headers.get("Origin")
    if origin is not None and origin != settings().base_url:
        raise Forbidden("This form can only be sent from this site.")
