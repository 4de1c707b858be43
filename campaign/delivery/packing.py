"""Making the files of a package and sealing them into one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign.delivery.archive import Writer
from campaign.delivery.describing import Contents, manifest, readme
from campaign.delivery.errors import CannotWrite
from campaign.delivery.exporting import write_xlsx
from campaign.delivery.keys import fingerprint
from campaign.delivery.sealing import seal
from campaign.delivery.verifying import MANIFEST, verify

TABLE = "signatures.csv"
PACKAGE = "package.zip"


class Part(NamedTuple):
    """A file of the package that is made from the finished table of signatures."""

    name: str
    is_what: str
    write: Callable[[Contents, Path, Path], None]
    """Takes what is known, the table (CSV), and where to write."""


def _workbook(contents: Contents, table: Path, path: Path) -> None:
    with table.open("rb") as file:
        write_xlsx(file, contents.count, path)


# The one place to add a letter or another rendering of the signatures.
PARTS = (Part("signatures.xlsx", "the signatures, for a spreadsheet program", _workbook),)

_LISTING = {
    **{part.name: part.is_what for part in PARTS},
    TABLE: "the same rows as plain text, for any other program",
    "README.txt": "this page",
    MANIFEST: "what the package must hold, sealed",
}


def pack(contents: Contents, folder: Path, key: Ed25519PrivateKey) -> Path:
    """Make, seal and check the package in `folder`, where the table is already.

    Returns the finished package. Raises OSError and CannotWrite.
    """
    name = fingerprint(key.public_key().public_bytes_raw())
    for part in PARTS:
        part.write(contents, folder / TABLE, folder / part.name)
    text = readme(contents, _LISTING, name).replace("\n", "\r\n")
    (folder / "README.txt").write_text(text, encoding="utf-8", newline="")
    package = folder / PACKAGE
    writer = Writer(package)
    try:
        files = {one: writer.add(one, folder / one) for one in _LISTING if one != MANIFEST}
        writer.finish(MANIFEST, seal(manifest(contents, files, writer.so_far()), key))
    finally:
        writer.close()
    # What the official would be told to distrust is never handed out.
    if problems := verify(package, {name}).problems:
        raise CannotWrite(f"the finished package does not pass its own check: {problems[0]}")
    return package
