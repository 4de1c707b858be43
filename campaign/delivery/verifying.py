"""Checking a package offline: what is in it must be what was sealed, and by whom."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from campaign.delivery import archive, comparing
from campaign.delivery.archive import Entry
from campaign.delivery.errors import BadPackage
from campaign.delivery.leaves import SALTS
from campaign.delivery.sealing import File, Sealed, unseal

MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 1 << 20
_MOST_LINES = 20


@dataclass
class Verdict:
    """What was found. A package without problems is exactly what its signer sealed."""

    problems: list[str] = field(default_factory=list)
    sealed: Sealed | None = None


def verify(path: Path, known: Collection[str]) -> Verdict:
    """Check the package at `path`; `known` are the fingerprints of the keys that are trusted.

    Never raises because of what the file holds: each thing that is wrong is a line of the
    verdict. Reads in small memory, and never more of a file than was sealed.
    """
    verdict = Verdict()
    try:
        with path.open("rb") as file:
            _check(file, known, verdict)
    except BadPackage as problem:
        verdict.problems.append(str(problem))
    except OSError as error:
        verdict.problems.append(f"{path} cannot be read: {error.strerror}")
    if (more := len(verdict.problems) - _MOST_LINES) > 0:
        verdict.problems[_MOST_LINES:] = [f"… and {more} more"]
    return verdict


def unknown(name: str) -> BadPackage:
    """The refusal of what was sealed with a key that nobody here knows."""
    return BadPackage(
        f"it was sealed with the key {name}, which is not known here; "
        "nothing else was checked, for the holder of a key can seal anything"
    )


def _check(file: BinaryIO, known: Collection[str], verdict: Verdict) -> None:
    entries = archive.read_directory(file)
    found = {entry.name: entry for entry in entries}
    times = Counter(entry.name for entry in entries)
    verdict.problems += [
        f"it holds {n} files named {archive.shown(name)}" for name, n in times.items() if n > 1
    ]
    if MANIFEST not in found:
        raise BadPackage(f"{MANIFEST} is missing: nothing says what the package should hold")
    data = b"".join(archive.content(file, found[MANIFEST], _LARGEST_MANIFEST))
    sealed = unseal(data)
    if sealed.fingerprint not in known:
        raise unknown(sealed.fingerprint)
    verdict.sealed = sealed
    verdict.problems += _check_names(found, sealed)
    held = [_check_content(file, found[name], sealed) for name in sealed.files if name in found]
    verdict.problems += [one.problem for one in held if one.problem]
    wrong = {one.name for one in held if one.problem}
    damaged = {one.name for one in held if one.damaged}
    verdict.problems += comparing.explain(file, found, sealed, wrong, damaged)
    verdict.problems += _check_root(file, found, sealed, wrong)
    if not verdict.problems and not _is_as_sealed(file, entries, data, sealed.archive):
        raise BadPackage("the ZIP file was changed around the files, which are as sealed")


def _check_names(found: Collection[str], sealed: Sealed) -> list[str]:
    missing = [f"{name} is missing" for name in sealed.files if name not in found]
    added = [name for name in found if name not in sealed.files and name != MANIFEST]
    return missing + [
        f"{archive.shown(name)} was added after the package was sealed" for name in added
    ]


class _Held(NamedTuple):
    """What was found of one file; `damaged` when it could not even be read."""

    name: str
    problem: str = ""
    damaged: bool = False


def _check_content(file: BinaryIO, entry: Entry, sealed: Sealed) -> _Held:
    name, expected = entry.name, sealed.files[entry.name]
    largest = max(one.size for one in sealed.files.values())
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in archive.content(file, entry, largest):
            digest.update(chunk)
            size += len(chunk)
    except BadPackage as problem:
        return _Held(name, str(problem), damaged=True)
    held = File(size, digest.hexdigest())
    if held == expected:
        return _Held(name)
    for other, one in sealed.files.items():
        if held == one:
            return _Held(name, f"{name} was swapped: it holds what was sealed as {other}")
    return _Held(name, f"{name} was changed: its SHA-256 is not the one that was sealed")


def _check_root(
    file: BinaryIO, found: Mapping[str, Entry], sealed: Sealed, wrong: Collection[str]
) -> list[str]:
    """What the Merkle root says of the rows: the only witness when both tables were changed."""
    sound = {SALTS, comparing.CSV} <= found.keys() & sealed.files.keys() and SALTS not in wrong
    if not sealed.root or not sound:
        return []
    try:
        same = comparing.leads_to(file, found, sealed)
    except BadPackage:
        return []  # Whatever cannot be read was named before.
    if not same:
        return [f"{comparing.CSV}: its rows are not those that were sealed (the root differs)"]
    if comparing.CSV in wrong:
        return [f"{comparing.CSV}: its rows are those that were sealed, written in another way"]
    return []


def _is_as_sealed(file: BinaryIO, entries: list[Entry], data: bytes, before: File) -> bool:
    """Whether the ZIP file itself is, byte for byte, what was written."""
    last = entries[-1]
    if (last.name, last.crc, last.size, last.packed) != (
        MANIFEST,
        zlib.crc32(data),
        len(data),
        len(data),
    ):
        return False
    if last.offset != before.size or not archive.is_exact(file, entries):
        return False
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(min(1 << 16, before.size - file.tell())):
        digest.update(chunk)
    return digest.hexdigest() == before.sha256
