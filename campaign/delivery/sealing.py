"""The sealed manifest: what a package holds, signed, in one exact sequence of bytes.

The form is described in docs/decisions/0007-delivery-seal.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from campaign.delivery.errors import BadPackage
from campaign.delivery.keys import fingerprint

FORMAT = "groundswell-delivery/1"
ALGORITHM = "Ed25519"
# Signed in front of the manifest, so that no signature made for anything else fits here.
_CONTEXT = FORMAT.encode() + b"\n"


@dataclass(frozen=True)
class File:
    """One file of a package, or the bytes of the package in front of its manifest."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Sealed:
    """What a manifest with a sound seal says. Whether its signer is known is another question."""

    manifest: dict[str, Any]
    files: dict[str, File]
    archive: File
    title: str
    delivery: int
    count: int
    first: int
    last: int
    fingerprint: str


def canonical(value: object) -> bytes:
    """`value` as JSON in one exact form: UTF-8, keys sorted, no spaces."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def seal(manifest: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """The bytes of manifest.json."""
    return canonical(
        {
            "manifest": manifest,
            "seal": {
                "algorithm": ALGORITHM,
                "public_key": key.public_key().public_bytes_raw().hex(),
                "signature": key.sign(_CONTEXT + canonical(manifest)).hex(),
            },
        }
    )


def unseal(data: bytes) -> Sealed:
    """Read what `seal` wrote. Raises BadPackage, also when a single byte of it was changed."""
    document = _parse(data)
    try:
        manifest, stamp = document["manifest"], document["seal"]
        public_key = bytes.fromhex(stamp["public_key"])
        signature = bytes.fromhex(stamp["signature"])
        if stamp["algorithm"] != ALGORITHM or manifest["format"] != FORMAT:
            raise BadPackage("manifest.json is of a kind that this version does not know")
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            signature, _CONTEXT + canonical(manifest)
        )
        return Sealed(
            manifest=manifest,
            files={str(name): _file(value) for name, value in manifest["files"].items()},
            archive=_file(manifest["archive"]),
            title=str(manifest["campaign"]["title"]),
            delivery=_whole(manifest["delivery"]),
            **{key: _whole(manifest["signatures"][key]) for key in ("count", "first", "last")},
            fingerprint=fingerprint(public_key),
        )
    except InvalidSignature:
        raise BadPackage("manifest.json was changed: its seal does not fit it") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadPackage("manifest.json lacks what a sealed manifest has") from None


def _parse(data: bytes) -> Any:
    try:
        document = json.loads(data)
        exact = canonical(document)
    except (ValueError, RecursionError):
        raise BadPackage("manifest.json is damaged: it cannot be read") from None
    if exact != data:
        raise BadPackage("manifest.json was changed: it is not in the form in which it is sealed")
    return document


def _file(value: Any) -> File:
    return File(_whole(value["size"]), str(value["sha256"]))


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError
    return value
