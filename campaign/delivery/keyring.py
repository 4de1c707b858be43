"""The public keys of this installation: the one that seals, and those that did before it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from campaign.delivery.errors import KeyUnusable
from campaign.delivery.keys import FILE, fingerprint, read_key, using

_RETIRED = "retired-{}.pub.pem"
_TIMES = re.compile(rb"since (\S+) until (\S+)\n")


@dataclass(frozen=True)
class PublicKey:
    """A key that seals deliveries, or did so until `until`."""

    key: Ed25519PublicKey
    since: dt.datetime
    until: dt.datetime | None = None

    @property
    def raw(self) -> bytes:
        return self.key.public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.raw)

    @property
    def pem(self) -> str:
        pem = self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return pem.decode()

    def published(self) -> dict[str, str | None]:
        """What everybody may know of it, in plain values."""
        return {
            "fingerprint": self.fingerprint,
            "public_key": self.raw.hex(),
            "pem": self.pem,
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
        }


def public_keys(data_dir: Path) -> list[PublicKey]:
    """The keys under `data_dir`, the current one first. Makes none. Raises KeyUnusable."""
    path = data_dir / FILE
    with using(path):
        # In this order no key is missed that is being retired meanwhile.
        current = current_key(data_dir)
        retired = [_retired(file) for file in path.parent.glob(_RETIRED.format("*"))]
    keys = [current] if current else []
    # A rotation that was interrupted leaves a key that is both.
    keys += [one for one in retired if current is None or one.raw != current.raw]
    return sorted(keys, key=lambda one: (one.until is not None, -one.since.timestamp()))


def current_key(data_dir: Path) -> PublicKey | None:
    """The key that seals, if there is one. Raises OSError and KeyUnusable."""
    path = data_dir / FILE
    try:
        made = dt.datetime.fromtimestamp(int(path.stat().st_mtime), dt.UTC)
        return PublicKey(read_key(path).public_key(), made)
    except FileNotFoundError:
        return None


def known_fingerprints(data_dir: Path) -> set[str]:
    """The fingerprints of the current key and the retired ones. Raises KeyUnusable."""
    return {one.fingerprint for one in public_keys(data_dir)}


def place_of(key: PublicKey, data_dir: Path) -> Path:
    """Where a retired key is kept."""
    name = key.fingerprint.replace(" ", "")[:16]
    return data_dir / FILE.parent / _RETIRED.format(name)


def kept(key: PublicKey) -> bytes:
    """A retired key, as its file holds it: the times, and the key as PEM."""
    assert key.until is not None  # nosec B101: only a retired key has a file.
    return f"since {key.since.isoformat()} until {key.until.isoformat()}\n{key.pem}".encode()


def _retired(path: Path) -> PublicKey:
    data = path.read_bytes()
    try:
        times = _TIMES.match(data)
        key = load_pem_public_key(data[times.end() :] if times else b"")
        if times and isinstance(key, Ed25519PublicKey):
            since, until = (dt.datetime.fromisoformat(one.decode()) for one in times.groups())
            return PublicKey(key, since, until)
    except (ValueError, UnsupportedAlgorithm):
        pass
    raise KeyUnusable(f"the retired key {path} is damaged")
