"""The installation's key that seals deliveries, and how a key is named."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
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
from campaign.delivery.files import sync

FILE = Path("keys", "delivery-ed25519.pem")
HEX_DIGITS = 64


def signing_key(data_dir: Path) -> Ed25519PrivateKey:
    """The key under `data_dir`, made on first use. Raises KeyUnusable."""
    path = data_dir / FILE
    with using(path):
        if not path.exists():
            _make(path)
        return read_key(path)


def own_fingerprint(data_dir: Path) -> str | None:
    """The fingerprint of the key under `data_dir`; None where there is none. Makes nothing."""
    path = data_dir / FILE
    with using(path):
        try:
            return fingerprint(read_key(path).public_key().public_bytes_raw())
        except FileNotFoundError:
            return None


@contextlib.contextmanager
def using(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into KeyUnusable."""
    try:
        yield
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


def read_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a file. Raises OSError and KeyUnusable."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnusable(f"the sealing key {path} is damaged") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"the sealing key {path} is not an Ed25519 key")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A hard link appears whole or not at all and never replaces what is there, so processes
    # that start together agree on one key.
    with draft(path, new_key()) as made, contextlib.suppress(FileExistsError):
        os.link(made, path)
    sync(path.parent)


def new_key() -> bytes:
    """A new private key, as a file holds it."""
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


@contextlib.contextmanager
def draft(path: Path, data: bytes) -> Iterator[Path]:
    """A file beside `path` that holds `data`, on the disk, for its owner alone; gone at the end."""
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield made
    finally:
        made.unlink(missing_ok=True)
