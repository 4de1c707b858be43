"""Every kind of byte in a package, so that each can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from campaign.delivery.archive import Entry

# Where the fields of a ZIP file's headers are, and which of their bytes is changed.
LOCAL = {
    "signature": 0, "version": 4, "flags": 6, "method": 8, "time": 10, "date": 12, "crc": 14,
    "packed size": 18, "size": 22, "length of the name": 26, "length of the extra field": 28,
    "name": 30,
}  # fmt: skip
CENTRAL = {
    "signature": 0, "made by": 4, "version": 6, "flags": 8, "method": 10, "time": 12, "date": 14,
    "crc": 16, "packed size": 20, "size": 24, "length of the name": 28,
    "length of the extra field": 30, "length of the comment": 32, "disk": 34, "kind": 36,
    "mode": 38, "place": 42, "name": 46,
}  # fmt: skip
END = {
    "signature": 0, "disk": 4, "disk of the directory": 6, "entries on this disk": 8,
    "entries": 10, "size": 12, "place": 16, "length of the comment": 20,
}  # fmt: skip


class Flip(NamedTuple):
    """A byte of a package: of which file it is, of which class, and where."""

    file: str
    what: str
    at: int


def flips(data: bytes, entries: list[Entry]) -> Iterator[Flip]:
    """A byte of every class of every file."""
    directory = data.rfind(b"PK\5\6")
    for entry in reversed(entries):
        directory -= 46 + len(entry.name)
        start = entry.offset + 30 + len(entry.name)
        for what, at in LOCAL.items():
            yield Flip(entry.name, f"header: {what}", entry.offset + at)
        for what, at in CENTRAL.items():
            yield Flip(entry.name, f"directory: {what}", directory + at)
        last = start + entry.packed - 1
        for what, at in (("first", start), ("middle", (start + last) // 2), ("last", last)):
            yield Flip(entry.name, f"content: {what}", at)
    for what, at in END.items():
        yield Flip("", f"end: {what}", data.rfind(b"PK\5\6") + at)


def flipped(data: bytes, at: int) -> bytes:
    """`data` with one bit of one byte changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
