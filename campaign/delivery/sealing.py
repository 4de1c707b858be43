"""What is sealed: manifests and statements, signed, in one exact sequence of bytes.

The form is described in docs/decisions/0007-delivery-seal.md.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from campaign.delivery.errors import BadPackage
from campaign.delivery.keys import fingerprint

FORMAT = "groundswell-delivery/2"
WITHOUT_ROOT = "groundswell-delivery/1"
ROOT_FORMAT = "groundswell-root/1"
ALGORITHM = "Ed25519"
_STAMP = {"algorithm", "public_key", "signature"}


@dataclass(frozen=True)
class File:
    """One file of a package, or the bytes of the package in front of its manifest."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Sealed:
    """What a manifest with a sound seal says. Whether its signer is known is another question.

    `root` is empty in packages of the first format.
    """

    manifest: dict[str, Any]
    files: dict[str, File]
    archive: File
    title: str
    delivery: int
    count: int
    first: int
    last: int
    root: str
    fingerprint: str


def canonical(value: object) -> bytes:
    """`value` as JSON in one exact form: UTF-8, keys sorted, no spaces."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def seal(what: str, content: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """`content` under the name `what`, signed. Its `format` says what the signature is good for."""
    return canonical(
        {
            what: content,
            "seal": {
                "algorithm": ALGORITHM,
                "public_key": key.public_key().public_bytes_raw().hex(),
                "signature": key.sign(_signed(content)).hex(),
            },
        }
    )


def opened(what: str, document: Any, formats: Collection[str]) -> tuple[dict[str, Any], str]:
    """What `seal` signed, and the fingerprint of the key. Raises BadPackage, naming `what`."""
    try:
        content, stamp = document[what], document["seal"]
        public_key = from_hex(stamp["public_key"])
        signature = from_hex(stamp["signature"])
        if stamp["algorithm"] != ALGORITHM or content["format"] not in formats:
            raise BadPackage(f"{_NAMES[what]} is of a kind that this version does not know")
        # Whatever stands beside what was signed would pass for sealed, and nobody has signed it.
        if set(document) != {what, "seal"} or set(stamp) != _STAMP:
            raise BadPackage(f"{_NAMES[what]} was changed: it says more than what was sealed")
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _signed(content))
    except InvalidSignature:
        raise BadPackage(f"{_NAMES[what]} was changed: its seal does not fit it") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise lacking(what) from None
    return content, fingerprint(public_key)


def unseal(data: bytes) -> Sealed:
    """Read a manifest.json. Raises BadPackage, also when a single byte of it was changed."""
    manifest, name = opened("manifest", _parse(data), (FORMAT, WITHOUT_ROOT))
    try:
        signatures = manifest["signatures"]
        return Sealed(
            manifest=manifest,
            files={str(name): _file(value) for name, value in manifest["files"].items()},
            archive=_file(manifest["archive"]),
            title=str(manifest["campaign"]["title"]),
            delivery=whole(manifest["delivery"]),
            **{key: whole(signatures[key]) for key in ("count", "first", "last")},
            root=str(manifest["root"]) if manifest["format"] == FORMAT else "",
            fingerprint=name,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise lacking("manifest") from None


def lacking(what: str) -> BadPackage:
    """The refusal of something that does not say all that it should."""
    return BadPackage(f"{_NAMES[what]} lacks what a sealed {what} has")


def whole(value: Any) -> int:
    """A whole number, as JSON has it. Raises ValueError for anything else."""
    if type(value) is not int or value < 0:
        raise ValueError
    return value


def from_hex(digits: str) -> bytes:
    """The bytes written in lower case, and in no other way. Raises ValueError and TypeError."""
    found = bytes.fromhex(digits)
    if found.hex() != digits:
        raise ValueError
    return found


_NAMES = {"manifest": "manifest.json", "statement": "the statement"}


def _signed(content: dict[str, Any]) -> bytes:
    # Its format goes in front, so that no signature made for anything else fits here.
    return str(content["format"]).encode() + b"\n" + canonical(content)


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
    return File(whole(value["size"]), str(value["sha256"]))
