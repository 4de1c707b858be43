"""Sealed packages and receipts made without a database."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign.delivery import merkle, packing, receipts
from campaign.delivery.archive import Writer
from campaign.delivery.describing import Contents, Official, Text, manifest
from campaign.delivery.exporting import HEADER, write_xlsx
from campaign.delivery.keys import fingerprint
from campaign.delivery.progress import Progress
from campaign.delivery.sealing import WITHOUT_ROOT, seal
from tests.delivery.making import csv_table, packed

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
NOW = dt.datetime(2026, 5, 31, 12, 0, tzinfo=dt.UTC)
ROWS = tuple(
    (str(n), f"Person {n}", "N1 9GU", "GB", "2026-03-01", "Ünïcode, 李\nand more" if n % 3 else "")
    for n in range(1, 13)
)


class Made(NamedTuple):
    """A package, and the sealed statement of its root."""

    path: Path
    statement: str


def contents(count: int, delivery: int = 1, first: int = 1) -> Contents:
    """What is said of `count` signatures."""
    official = Official("ada", "Ada Okafor", "Mayor", "City of Harrow Bay")
    text = Text(1, "ab" * 32, "We ask for night buses.", count)
    last = first + count - 1
    return Contents(
        campaign_slug="night-buses",
        campaign_title="Night buses for everyone",
        official=official,
        delivery=delivery,
        everything=False,
        cut_off=NOW,
        made_at=NOW,
        made_by="Ada",
        count=count,
        first=first,
        last=last,
        texts=(text,),
        page="https://campaign.example/campaigns/night-buses/deliveries/1",
    )


def make_package(
    folder: Path, rows: Sequence[Sequence[str]] = ROWS, key: Ed25519PrivateKey = KEY
) -> Made:
    """A package of these rows in the new folder `folder`."""
    folder.mkdir()
    _write_table(folder, rows)
    done = packing.pack(contents(len(rows), first=int(rows[0][0])), folder, key, Progress())
    return Made(done.path, done.statement)


def make_package_without_root(folder: Path) -> Path:
    """One as the first version of the format had it: no root, no salts."""
    folder.mkdir()
    _write_table(folder, ROWS)
    (folder / "README.txt").write_text("Signatures.\r\n")
    said = contents(len(ROWS))
    with (folder / packing.TABLE).open("rb") as table:
        write_xlsx(table, len(ROWS), folder / "signatures.xlsx")
    writer = Writer(folder / "package.zip")
    names = ("signatures.xlsx", packing.TABLE, "README.txt")
    files = {name: writer.add(name, folder / name) for name in names}
    sealed = manifest(said, files, writer.so_far(), b"") | {"format": WITHOUT_ROOT}
    for later in ("root", "rows", "slice", "paper", "page"):
        del sealed[later]
    writer.finish("manifest.json", seal("manifest", sealed, KEY))
    writer.close()
    return writer.path


def receipt_of(made: Made, index: int) -> bytes:
    """The receipt of row `index` of a package."""
    files = packed(made.path)
    table, salts = csv_table(files["signatures.csv"])[1:], files["salts.bin"]
    salt = [salts[at : at + 16] for at in range(0, len(salts), 16)]
    leaves = [merkle.leaf(one, row) for one, row in zip(salt, table, strict=True)]
    path = merkle.path(leaves, index)
    return receipts.make(made.statement, table[index], salt[index], index, path)


def name_of(key: Ed25519PrivateKey) -> str:
    """The fingerprint of a key."""
    return fingerprint(key.public_key().public_bytes_raw())


def _write_table(folder: Path, rows: Sequence[Sequence[str]]) -> None:
    table = io.StringIO(newline="")
    csv.writer(table).writerows(rows)
    (folder / packing.TABLE).write_bytes(HEADER + table.getvalue().encode())
