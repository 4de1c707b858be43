"""A network address is never kept: a keyed hash with a key that changes daily stands for it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress


def network_key(address: str, day: dt.date, secret: str) -> bytes:
    """The key of the network `address` belongs to on `day` (16 bytes).

    IPv6 counts by /64, since one household has that many addresses. With tomorrow's key
    the same network looks different, so nobody can be followed from day to day.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        network = "unknown"
    else:
        mapped = getattr(parsed, "ipv4_mapped", None)
        parsed = mapped or parsed
        prefix = 32 if parsed.version == 4 else 64
        network = str(ipaddress.ip_network((parsed, prefix), strict=False))
    message = f"network:{day.isoformat()}:{network}".encode()
    return hmac.digest(secret.encode(), message, hashlib.sha256)[:16]
