"""Making the files of a package and sealing them into one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign.delivery import leaves
from campaign.delivery.archive import Writer
from campaign.delivery.describing import Contents, manifest, statement
from campaign.delivery.errors import CannotWrite
from campaign.delivery.exporting import write_xlsx
from campaign.delivery.keys import fingerprint
from campaign.delivery.letters import write_letter
from campaign.delivery.lists import write_lists
from campaign.delivery.progress import Progress
from campaign.delivery.readme import readme
from campaign.delivery.sealing import seal
from campaign.delivery.verifying import MANIFEST, verify
from campaign.languages import speaking

TABLE = "signatures.csv"
PACKAGE = "package.zip"


class Part(NamedTuple):
    """A file of the package that is made from the finished table of signatures."""

    name: str
    step: str
    """What people read while it is made."""
    write: Callable[[Contents, Path, Path, Progress], Sequence[Path]]
    """Takes what is known, the table (CSV), where to write, and whom to tell of rows that are done;
    returns the files that it made.

    It tells of as many rows as the table has, or of none when it does not go through the table.
    """
    by_row: bool = True


def _letter(contents: Contents, table: Path, path: Path, _: Progress) -> Sequence[Path]:
    return write_letter(contents, table, path)


def _lists(contents: Contents, table: Path, path: Path, progress: Progress) -> Sequence[Path]:
    return write_lists(contents, table, path, advance=progress.advance)


def _workbook(contents: Contents, table: Path, path: Path, progress: Progress) -> Sequence[Path]:
    with table.open("rb") as file:
        write_xlsx(file, contents.count, path, advance=progress.advance)
    return [path]


class Packed(NamedTuple):
    """A finished package, the root over its rows, and the sealed statement of that."""

    path: Path
    root: bytes
    statement: str


# The one place to add another rendering of the signatures.
PARTS = (
    Part("letter.pdf", "Letter", _letter, by_row=False),
    Part("signatures.pdf", "PDF", _lists),
    Part("signatures.xlsx", "Spreadsheet", _workbook),
)
READING, SEALING, CHECKING = "Reading signatures", "Sealing", "Checking"
# How often each row is gone through until its package is ready: read, put into parts, sealed.
TIMES = 1 + sum(part.by_row for part in PARTS) + 1

_REST = (TABLE, leaves.SALTS, "README.txt", MANIFEST)


def pack(contents: Contents, folder: Path, key: Ed25519PrivateKey, progress: Progress) -> Packed:
    """Make, seal and check the package in `folder`, where the table is already.

    Its letter, lists and README.txt speak the language of the office.

    What `leaves.store` keeps is in the folder then, too. Raises OSError and CannotWrite, and what
    telling of progress does.
    """
    root = leaves.make(folder / TABLE, folder)
    name = fingerprint(key.public_key().public_bytes_raw())
    contents = replace(contents, fingerprint=name)
    with speaking(contents.official.language):
        made = {part.name: _made(part, contents, folder, progress) for part in PARTS}
        text = readme(contents, made).replace("\n", "\r\n")
    progress.begin(SEALING, contents.count)
    names = [path.name for paths in made.values() for path in paths]
    (folder / "README.txt").write_text(text, encoding="utf-8", newline="")
    package = folder / PACKAGE
    writer = Writer(package)
    try:
        files = {one: writer.add(one, folder / one) for one in (*names, *_REST) if one != MANIFEST}
        sealed = seal("manifest", manifest(contents, files, writer.so_far(), root), key)
        writer.finish(MANIFEST, sealed)
    finally:
        writer.close()
    progress.begin(CHECKING, 0)
    # What the official would be told to distrust is never handed out.
    if problems := verify(package, {name}).problems:
        raise CannotWrite(f"the finished package does not pass its own check: {problems[0]}")
    return Packed(package, root, seal("statement", statement(contents, root), key).decode())


def _made(part: Part, contents: Contents, folder: Path, progress: Progress) -> Sequence[Path]:
    progress.begin(part.step, contents.count if part.by_row else 0)
    return part.write(contents, folder / TABLE, folder / part.name, progress)
