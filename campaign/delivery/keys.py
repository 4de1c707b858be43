"""The installation's key that seals deliveries, and how a key is named."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from campaign.delivery.errors import KeyUnusable

FILE = Path("keys", "delivery-ed25519.pem")
HEX_DIGITS = 64


def signing_key(data_dir: Path) -> Ed25519PrivateKey:
    """The key under `data_dir`, made on first use. Raises KeyUnusable."""
    path = data_dir / FILE
    try:
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        raise KeyUnusable(f"cannot use the sealing key {path}: {error.strerror}") from error


def own_fingerprint(data_dir: Path) -> str | None:
    """The fingerprint of the key under `data_dir`; None where there is none. Makes nothing."""
    path = data_dir / FILE
    try:
        return fingerprint(_read(path).public_key().public_bytes_raw())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyUnusable(f"cannot use the sealing key {path}: {error.strerror}") from error


def fingerprint(public_key: bytes) -> str:
    """How a key is named: the SHA-256 of its 32 raw bytes, as groups of four digits."""
    digits = hashlib.sha256(public_key).hexdigest()
    return " ".join(digits[i : i + 4] for i in range(0, HEX_DIGITS, 4))


def read_fingerprint(text: str) -> str:
    """A fingerprint as somebody typed it, in the form of `fingerprint`. Raises ValueError."""
    digits = text.lower().translate(str.maketrans("", "", " \t:-"))
    if len(digits) != HEX_DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise ValueError(f"a fingerprint has {HEX_DIGITS} hexadecimal digits")
    return " ".join(digits[i : i + 4] for i in range(0, HEX_DIGITS, 4))


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnusable(f"the sealing key {path} is damaged") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"the sealing key {path} is not an Ed25519 key")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A hard link appears whole or not at all and never replaces what is there, so
        # processes that start together agree on one key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
