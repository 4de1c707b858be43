"""The ZIP around a package, in one exact layout: every byte of it is either hashed or implied."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, LargeZipFile, ZipFile, ZipInfo

from campaign.delivery.errors import BadPackage, CannotWrite
from campaign.delivery.sealing import File

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _UNIX, _MODE = 20, 3, 0o100644 << 16
_TIME, _DATE = 0, 0x21  # 1980-01-01 00:00, so that equal contents make equal archives.
_MOST_ENTRIES, _LARGEST_DIRECTORY = 1_000, 1 << 20
_CHUNK = 1 << 16
_ALREADY_PACKED = frozenset({".bin", ".pdf", ".xlsx"})


class Entry(NamedTuple):
    """A file in an archive, as the archive's directory describes it."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int


class Writer:
    """Writes an archive; a file larger than 2 GiB is refused with CannotWrite."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._zip = ZipFile(self._file, "w", allowZip64=False)

    def add(self, name: str, source: Path) -> File:
        """Copy a file into the archive. Returns its size and hash."""
        size, digest = source.stat().st_size, hashlib.sha256()
        info = _info(name, ZIP_STORED if source.suffix in _ALREADY_PACKED else ZIP_DEFLATED)
        info.file_size = size
        try:
            with source.open("rb") as read, self._zip.open(info, "w") as write:
                while chunk := read.read(_CHUNK):
                    digest.update(chunk)
                    write.write(chunk)
        except LargeZipFile:
            raise CannotWrite(f"{name} is larger than a package can hold (2 GiB)") from None
        return File(size, digest.hexdigest())

    def so_far(self) -> File:
        """Size and hash of the archive up to here."""
        self._file.flush()
        return whole(self.path)

    def finish(self, name: str, data: bytes) -> None:
        """Add the last file and close the archive."""
        self._zip.writestr(_info(name, ZIP_STORED), data)
        self._zip.close()

    def close(self) -> None:
        """Let go of the archive, finished or not."""
        # Unfinished, it would try to write its end when it is collected.
        self._zip.fp = None
        self._file.close()


def whole(path: Path) -> File:
    """Size and hash of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return File(file.tell(), digest)


def shown(name: str) -> str:
    """The name of a file, which may be anything, in quotes and harmless to a terminal."""
    return json.dumps(name)


def read_directory(file: BinaryIO) -> list[Entry]:
    """The files that an archive of any layout lists. Raises BadPackage."""
    length = file.seek(0, os.SEEK_END)
    start = max(0, length - _END.size - 0xFFFF)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise BadPackage("this is not a whole ZIP file")
    *_, count, size, offset, _ = _END.unpack_from(tail, at)
    if count > _MOST_ENTRIES or size > _LARGEST_DIRECTORY:
        raise BadPackage("this ZIP file lists more than a package holds")
    if offset + size > start + at:
        raise BadPackage("the ZIP file is damaged: its directory is not where it should be")
    file.seek(offset)
    return _entries(file.read(size), count)


def _entries(directory: bytes, count: int) -> list[Entry]:
    entries, at = [], 0
    for _ in range(count):
        if len(directory) - at < _CENTRAL.size or directory[at : at + 4] != b"PK\1\2":
            raise BadPackage("the ZIP file is damaged: its directory cannot be read")
        fields = _CENTRAL.unpack_from(directory, at)
        method, crc, packed, size, name, extra, comment = fields[4], *fields[7:13]
        at += _CENTRAL.size
        text = directory[at : at + name].decode("utf-8", "replace")
        entries.append(Entry(text, method, crc, packed, size, fields[16]))
        at += name + extra + comment
    return entries


def content(file: BinaryIO, entry: Entry, limit: int) -> Iterator[bytes]:
    """The bytes of one file, at most `limit` of them. Raises BadPackage when it is damaged."""
    file.seek(entry.offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
        raise BadPackage(f"{shown(entry.name)} is damaged: it is not where the ZIP file says")
    start = entry.offset + _LOCAL.size + sum(_LOCAL.unpack(header)[9:])
    if entry.method not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadPackage(f"{shown(entry.name)} is packed in a way that packages are not")
    total = 0
    for chunk in _unpacked(file, entry, start):
        total += len(chunk)
        if total > limit:
            raise BadPackage(f"{shown(entry.name)} is larger than it should be")
        yield chunk


def _packed(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    for at in range(start, start + length, _CHUNK):
        # Two files may be read in turns.
        file.seek(at)
        if not (chunk := file.read(min(_CHUNK, start + length - at))):
            return
        yield chunk


def _unpacked(file: BinaryIO, entry: Entry, start: int) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == ZIP_DEFLATED else None
    for chunk in _packed(file, start, entry.packed):
        if inflate is None:
            yield chunk
            continue
        try:
            while chunk:
                # Never more than a little at a time, however much a few bytes would become.
                yield inflate.decompress(chunk, _CHUNK)
                chunk = inflate.unconsumed_tail
        except zlib.error:
            raise _damaged(entry) from None
        if inflate.unused_data:
            raise _damaged(entry)
    if inflate is not None and not inflate.eof:
        raise _damaged(entry)


def _damaged(entry: Entry) -> BadPackage:
    return BadPackage(f"{shown(entry.name)} is damaged: it cannot be unpacked")


def is_exact(file: BinaryIO, entries: Sequence[Entry]) -> bool:
    """Whether every byte that is no file's content is what `Writer` puts there."""
    at, directory = 0, b""
    for entry in entries:
        local, central = _headers(entry, at)
        file.seek(at)
        if file.read(len(local)) != local:
            return False
        directory += central
        at += len(local) + entry.packed
    count, length = len(entries), len(directory)
    end = _END.pack(b"PK\5\6", 0, 0, count, count, length, at, 0)
    file.seek(at)
    return file.read(length + len(end) + 1) == directory + end


def _headers(entry: Entry, at: int) -> tuple[bytes, bytes]:
    name = entry.name.encode()
    common = (_VERSION, 0, entry.method, _TIME, _DATE, entry.crc, entry.packed, entry.size)
    local = _LOCAL.pack(b"PK\3\4", *common, len(name), 0)
    made_by = _UNIX << 8 | _VERSION
    central = _CENTRAL.pack(
        b"PK\1\2", made_by, *common, len(name), 0, 0, 0, 0, _MODE, at
    )  # fmt: skip
    return local + name, central + name


def _info(name: str, method: int) -> ZipInfo:
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr, info.compress_type = _UNIX, _MODE, method
    return info
