"""Checking what somebody holds in their hands: a package, or a receipt out of one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from campaign.delivery import receipts
from campaign.delivery.errors import BadPackage
from campaign.delivery.verifying import verify

_ENCRYPTED = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")
_SNIFFED = 64


@dataclass
class Checked:
    """What was found. Either there are problems, or `says` tells what is so.

    Nothing could be found out about what was not `read`, either way.
    """

    what: str
    problems: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    read: bool = True


def check(path: Path, known: Collection[str]) -> Checked:
    """Check a package or a receipt; `known` are the fingerprints of the keys that are trusted.

    Never raises because of what the file holds.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_SNIFFED)
    except OSError as error:
        return Checked("file", [f"it cannot be read: {error.strerror}"], read=False)
    if start.startswith(_ENCRYPTED):
        how = "it is encrypted: decrypt it with the key of the office (age) first"
        return Checked("package", [how], read=False)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _check_receipt(path, known)
    return _check_package(path, known)


def _check_receipt(path: Path, known: Collection[str]) -> Checked:
    with path.open("rb") as file:
        data = file.read(receipts.LARGEST + 1)
    try:
        if len(data) > receipts.LARGEST:
            raise BadPackage("this receipt is larger than any")
        sentence, key = receipts.check(data, known)
    except BadPackage as problem:
        return Checked("receipt", [str(problem)])
    return Checked("receipt", says=[sentence, f"Sealed with the key {key}."])


def _check_package(path: Path, known: Collection[str]) -> Checked:
    verdict = verify(path, known)
    sealed = verdict.sealed
    if verdict.problems or sealed is None:
        return Checked("package", verdict.problems)
    signatures = "signature" if sealed.count == 1 else "signatures"
    return Checked(
        "package",
        says=[
            f"{path.name} is exactly what was sealed: delivery {sealed.delivery} of "
            f"“{sealed.title}”, {sealed.count:,} {signatures}, numbers {sealed.first:,} to "
            f"{sealed.last:,}.",
            f"Sealed with the key {sealed.fingerprint}.",
        ],
    )
