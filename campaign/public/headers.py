"""The headers of every page, and which pages other sites may show in a frame.

Those are the form to embed and what follows it, and nothing else of ours.
"""

from __future__ import annotations

import re

from flask import request

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Of pages that other sites may show in a frame. X-Frame-Options knows no way to say so.
_FRAMED_HEADERS = {
    **{name: value for name, value in HEADERS.items() if name != "X-Frame-Options"},
    "Content-Security-Policy": CSP.replace("frame-ancestors 'none'", "frame-ancestors *"),
    # So that pages which isolate themselves (COEP) can show it; it loads nothing but our own.
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_FRAMED = re.compile(r"/campaigns/[a-z0-9][a-z0-9-]{0,99}/embed(?:/.*)?")


def headers() -> dict[str, str]:
    """Those that the answer to this request carries, unless it brings its own."""
    return _FRAMED_HEADERS if framed() else HEADERS


def framed() -> bool:
    """Whether the address that was asked for may stand in another site's frame.

    Refusals under such an address are shown in the frame as well, so the address decides.
    """
    # Within the workspace, `/staff` is not part of the path.
    return not request.script_root and _FRAMED.fullmatch(request.path) is not None
