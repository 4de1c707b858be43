"""Merkle trees over the rows of a package (RFC 6962, 2.1): one hash that stands for all of them.

A row is hashed together with 16 random bytes, its salt. Whoever knows a hash but not its salt
cannot find out by trying whose row it stands for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import islice
from json.encoder import encode_basestring

SALT_BYTES = 16
HASH_BYTES = 32
CHUNK = 1_024
"""How many leaves are kept together; a power of two, so that a full chunk is a whole subtree."""


def leaf(salt: bytes, cells: Sequence[str]) -> bytes:
    """The hash of a row. The cells are hashed as a JSON array, as `JSON.stringify` writes it."""
    row = f"[{','.join(map(encode_basestring, cells))}]"
    return hashlib.sha256(b"\0" + salt + row.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaves, or over the roots of chunks that are all full but the last.

    Without any it is the hash of nothing.
    """
    level = list(hashes)
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        # Pairing neighbours, and carrying an odd last one up, gives the tree of the RFC.
        paired = [node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root over any number of leaves, in small memory."""
    rest = iter(hashes)
    return root([root(chunk) for chunk in iter(lambda: list(islice(rest, CHUNK)), [])])


def path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path (2.1.1) of the leaf at `index`: what it takes to get from there to the root.

    Raises IndexError when there is no such leaf.
    """
    level, found = list(hashes), []
    if not 0 <= index < len(level):
        raise IndexError(f"there is no leaf {index} among {len(level)}")
    while len(level) > 1:
        if (beside := index ^ 1) < len(level):
            found.append(level[beside])
        paired = [node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
        index //= 2
    return found


def climbed(start: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that the audit path of leaf `index` of `size` leads to. Raises ValueError.

    It is the root of the tree if and only if `start` is that leaf of it.
    """
    if not 0 <= index < size:
        raise ValueError("there is no such leaf")
    rest, found, last = list(path), start, size - 1
    while last:
        if index & 1 or index < last:
            if not rest:
                raise ValueError("the path is too short")
            beside = rest.pop(0)
            found = node(beside, found) if index & 1 else node(found, beside)
        index, last = index // 2, last // 2
    if rest:
        raise ValueError("the path is too long")
    return found
