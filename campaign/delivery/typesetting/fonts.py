"""The fonts of every document, and which characters they have.

They come from installed packages, never from the system, so that every machine makes the same
bytes and has every script. Standard library only: the child that typesets imports this.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

# Noto for most scripts, emoji, Chinese, Japanese and Korean; Kurinto for the rarer ones.
_PACKAGES = (
    ("manimgx_fonts", ""),
    ("manimgx_fonts_cjk", ""),
    ("weblate_fonts", "static/weblate_fonts/kurinto/ttf"),
)


def folders() -> list[Path]:
    """Where the fonts are. Raises FileNotFoundError naming a package that is not installed."""
    found = []
    for package, inside in _PACKAGES:
        spec = find_spec(package)
        places = (spec and spec.submodule_search_locations) or ()
        folder = next((Path(place, inside) for place in places), Path(package))
        if not folder.is_dir():
            raise FileNotFoundError(f"the fonts of the package {package!r} are not installed")
        found.append(folder)
    return found


def covered(paths: Sequence[Path]) -> bytearray:
    """For each code point 1 where one of the fonts in these folders has a glyph for it."""
    found = bytearray(0x110000)
    for folder in paths:
        for path in sorted(folder.glob("*.tt[cf]")):
            for first, last in _ranges(path):
                found[first : last + 1] = b"\1" * (last + 1 - first)
    return found


def _ranges(path: Path) -> Iterator[tuple[int, int]]:
    """The first and last code points of the ranges that a font maps (OpenType, `cmap`)."""
    with path.open("rb") as file:
        for table in _tables(file):
            offsets = {at for _, _, at in struct.iter_unpack(">HHI", table[4 : 4 + 8 * table[3]])}
            for offset in offsets:
                yield from _mapped(table[offset:])


def _tables(file: BinaryIO) -> set[bytes]:
    """The `cmap` tables of a font, or of all fonts in a collection."""
    starts = [0]
    if file.read(4) == b"ttcf":
        count = struct.unpack(">4xI", file.read(8))[0]
        starts = list(struct.unpack(f">{count}I", file.read(4 * count)))
    places = set()
    for start in starts:
        file.seek(start + 4)
        count = struct.unpack(">H6x", file.read(8))[0]
        records = struct.iter_unpack(">4s4xII", file.read(16 * count))
        places |= {(offset, length) for tag, offset, length in records if tag == b"cmap"}
    return {_read(file, *place) for place in places}


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def _mapped(table: bytes) -> Iterator[tuple[int, int]]:
    """The ranges of one subtable, in the two formats that fonts of today use for all Unicode."""
    (kind,) = struct.unpack_from(">H", table)
    if kind == 12:
        (groups,) = struct.unpack_from(">I", table, 12)
        for first, last, _ in struct.iter_unpack(">III", table[16 : 16 + 12 * groups]):
            yield first, last
    elif kind == 4:
        (twice,) = struct.unpack_from(">H", table, 6)
        lasts = struct.unpack_from(f">{twice // 2}H", table, 14)
        firsts = struct.unpack_from(f">{twice // 2}H", table, 16 + twice)
        # The last segment is an end mark that maps nothing.
        yield from (pair for pair in zip(firsts, lasts, strict=True) if pair[1] != 0xFFFF)
