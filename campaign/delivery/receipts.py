"""Receipts: a row, and what proves that it is among those whose root was sealed and published.

A receipt tells of nobody else: the other rows are in it as hashes that are salted.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from typing import Any

from campaign.delivery import merkle
from campaign.delivery.errors import BadPackage
from campaign.delivery.exporting import COLUMNS
from campaign.delivery.sealing import ROOT_FORMAT, from_hex, lacking, opened, whole

FORMAT = "groundswell-receipt/1"
LARGEST = 1 << 20
_LONGEST_PATH = 64


def make(
    statement: str, cells: Sequence[str], salt: bytes, index: int, path: Sequence[bytes]
) -> bytes:
    """The receipt of row `index` (from 0), whose six cells are as in the package, as a file."""
    receipt = {
        "format": FORMAT,
        "statement": json.loads(statement),
        "row": list(cells),
        "salt": salt.hex(),
        "index": index,
        "path": [one.hex() for one in path],
    }
    return json.dumps(receipt, ensure_ascii=False, indent=1).encode() + b"\n"


def check(data: bytes, known: Collection[str]) -> tuple[str, str]:
    """What a receipt proves, in a sentence, and the fingerprint of the key that sealed it.

    `known` are the fingerprints of the keys that are trusted. Raises BadPackage, saying what is
    wrong; never anything else, whatever the file holds.
    """
    receipt = _parse(data)
    statement, name = opened("statement", receipt.get("statement"), (ROOT_FORMAT,))
    if name not in known:
        raise BadPackage(
            f"its statement was sealed with the key {name}, which is not known here; "
            "nothing else was checked, for the holder of a key can seal anything"
        )
    row, found = _climbed(receipt, statement)
    if found.hex() != statement.get("root"):
        raise BadPackage(
            "its row is not among those that were sealed: it does not lead to the sealed root"
        )
    try:
        return _sentence(row, statement), name
    except (KeyError, TypeError, ValueError):
        raise lacking("statement") from None


def _number(digits: str) -> float:
    # 32.0 is 32: JSON knows no other kind of number, and the page that checks offline agrees.
    value = float(digits)
    return int(value) if value.is_integer() else value


def _parse(data: bytes) -> dict[str, Any]:
    try:
        receipt = json.loads(data, parse_float=_number)
    except (ValueError, RecursionError):
        raise BadPackage("this receipt is damaged: it cannot be read") from None
    if not isinstance(receipt, dict) or receipt.get("format") != FORMAT:
        raise BadPackage("this is not a receipt of a kind that this version knows")
    return receipt


def _climbed(receipt: dict[str, Any], statement: dict[str, Any]) -> tuple[list[str], bytes]:
    """The row, and the root that it leads to."""
    try:
        row, path = receipt["row"], receipt["path"]
        salt, index = from_hex(receipt["salt"]), whole(receipt["index"])
        if len(row) != len(COLUMNS) or not all(type(cell) is str for cell in row):
            raise ValueError
        if type(path) is not list or len(path) > _LONGEST_PATH or len(salt) != merkle.SALT_BYTES:
            raise ValueError
        hashes = [from_hex(one) for one in path]
        leaf, size = merkle.leaf(salt, row), whole(statement["count"])
    except (KeyError, TypeError, ValueError):
        raise BadPackage("this receipt lacks what a receipt has") from None
    try:
        return row, merkle.climbed(leaf, index, size, hashes)
    except ValueError:
        return row, b""


def _sentence(row: Sequence[str], statement: dict[str, Any]) -> str:
    count, first, last = (whole(statement[key]) for key in ("count", "first", "last"))
    gapless = first == 1 and last == count
    number = f"{int(row[0]):,}"
    place = f"number {number} of the" if gapless else f"number {number}, one of the"
    official = statement["official"]
    to = ", ".join(filter(None, (str(official[key]) for key in ("name", "title", "body"))))
    signed, were = ("signature", "was") if count == 1 else ("signatures", "were")
    when = dt.datetime.fromisoformat(str(statement["cut_off"])).astimezone(dt.UTC)
    return (
        f"{row[1]} is {place} {count:,} {signed} of “{statement['campaign']['title']}” that {were} "
        f"delivered to {to}, as of {when.day} {when:%B %Y, %H:%M} UTC."
    )
