"""Merkle trees, beside the definition in RFC 6962 written down word by word."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.delivery.merkle import CHUNK, climbed, leaf, node, path, root

HASHES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def by_the_book(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node(by_the_book(hashes[:k]), by_the_book(hashes[k:]))


def path_by_the_book(hashes: list[bytes], index: int) -> list[bytes]:
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return [*path_by_the_book(hashes[:k], index), by_the_book(hashes[k:])]
    return [*path_by_the_book(hashes[k:], index - k), by_the_book(hashes[:k])]


def test_nothing_has_the_hash_of_nothing() -> None:
    assert root([]) == hashlib.sha256().digest()


def test_a_row_is_hashed_with_its_salt_as_json() -> None:
    cells = ["1", 'Zoë "Z"', "", "GB", "2026-05-31", "a\nb"]
    row = '["1","Zoë \\"Z\\"","","GB","2026-05-31","a\\nb"]'
    assert leaf(b"s" * 16, cells) == hashlib.sha256(b"\0" + b"s" * 16 + row.encode()).digest()


@given(HASHES)
def test_the_root_is_that_of_the_rfc(hashes: list[bytes]) -> None:
    assert root(hashes) == by_the_book(hashes)


@given(HASHES, st.data())
def test_every_leaf_has_the_path_of_the_rfc_and_it_leads_to_the_root(
    hashes: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(hashes) - 1))
    found = path(hashes, index)
    assert found == path_by_the_book(hashes, index)
    assert climbed(hashes[index], index, len(hashes), found) == root(hashes)


@given(HASHES, st.data())
def test_another_leaf_place_or_path_leads_elsewhere(
    hashes: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(hashes) - 1))
    found = path(hashes, index)
    other = bytes([hashes[index][0] ^ 1]) + hashes[index][1:]
    assert climbed(other, index, len(hashes), found) != root(hashes)
    for wrong in ([*found, bytes(32)], found[:-1] if found else [bytes(32)]):
        with pytest.raises(ValueError, match="the path is too"):
            climbed(hashes[index], index, len(hashes), wrong)


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
def test_the_roots_of_chunks_give_the_root_of_all(size: int) -> None:
    hashes = [hashlib.sha256(str(n).encode()).digest() for n in range(size)]
    chunks = [hashes[at : at + CHUNK] for at in range(0, size, CHUNK)]
    assert root([root(chunk) for chunk in chunks]) == root(hashes)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_path_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError, match="no leaf"):
        path([bytes(32)] * 3, index)
