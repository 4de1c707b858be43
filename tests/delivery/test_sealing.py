"""Properties of seals, roots and receipts, whatever the rows are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.delivery import merkle, receipts
from campaign.delivery.describing import manifest, statement
from campaign.delivery.errors import BadPackage
from campaign.delivery.sealing import ROOT_FORMAT, File, canonical, opened, seal, unseal
from tests.delivery.sealed import KEY, OTHER, contents, name_of

KNOWN = {name_of(KEY)}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAMED = st.lists(TEXTS, min_size=5, max_size=5)
SEALED = seal(
    "manifest",
    manifest(contents(12), {"a.csv": File(3, "ab" * 32)}, File(9, "cd" * 32), b"\1" * 32),
    KEY,
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    cells = draw(st.lists(NAMED, min_size=1, max_size=40))
    return [[str(number), *row] for number, row in enumerate(cells, 1)]


def receipt_in(rows: list[list[str]], index: int, key: Any = KEY) -> bytes:
    salts = [bytes([n]) * 16 for n in range(len(rows))]
    leaves = [merkle.leaf(salt, row) for salt, row in zip(salts, rows, strict=True)]
    sealed = seal("statement", statement(contents(len(rows)), merkle.root(leaves)), key)
    path = merkle.path(leaves, index)
    return receipts.make(sealed.decode(), rows[index], salts[index], index, path)


def letter_in(field: str) -> int:
    """Where the first letter among the digits of a field of the seal is."""
    start = SEALED.index(f'"{field}":"'.encode()) + len(field) + 4
    return next(at for at in range(start, len(SEALED)) if SEALED[at] in b"abcdef")


def test_what_is_sealed_is_read_again() -> None:
    sealed = unseal(SEALED)
    assert (sealed.count, sealed.root) == (12, "01" * 32)
    assert sealed.fingerprint == name_of(KEY)


@given(st.integers(0, len(SEALED) - 1), st.integers(0, 7))
@example(letter_in("signature"), 5)
@example(letter_in("public_key"), 5)
def test_no_bit_of_a_manifest_can_be_changed(at: int, bit: int) -> None:
    changed = bytearray(SEALED)
    changed[at] ^= 1 << bit
    with pytest.raises(BadPackage, match=r"^manifest\.json "):
        unseal(bytes(changed))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS,
        lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    )
)
def test_the_canonical_form_is_one_of_many_that_say_the_same(value: object) -> None:
    exact = canonical(value)
    assert json.loads(exact) == value
    assert canonical(json.loads(json.dumps(value, indent=1))) == exact


def test_what_was_signed_as_one_thing_is_nothing_else() -> None:
    document = json.loads(SEALED)
    with pytest.raises(BadPackage, match="is of a kind"):
        opened("statement", {"statement": document["manifest"], **document}, (ROOT_FORMAT,))
    document["manifest"]["format"] = ROOT_FORMAT
    moved = {"statement": document["manifest"], "seal": document["seal"]}
    with pytest.raises(BadPackage, match="the statement was changed"):
        opened("statement", moved, (ROOT_FORMAT,))


@given(tables(), st.data())
def test_every_receipt_proves_its_row(rows: list[list[str]], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(rows) - 1))
    said, key = receipts.check(receipt_in(rows, index), KNOWN)
    assert said.startswith(f"{rows[index][1]} is number {index + 1} of the {len(rows)} signature")
    assert key == name_of(KEY)


@given(tables(), st.data())
def test_no_part_of_a_receipt_can_be_another(rows: list[list[str]], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(rows) - 1))
    sound = json.loads(receipt_in(rows, index))
    changes: dict[str, Any] = {
        "row": [*sound["row"][:-1], sound["row"][-1] + "!"],
        "salt": "ff" * 16,
        "index": (index + 1) % (len(rows) + 1),
        "path": [*sound["path"][:-1], "ee" * 32],
        "statement": json.loads(receipt_in([*rows, ["x"] * 6], 0))["statement"],
    }
    part = data.draw(st.sampled_from(sorted(changes)))
    with pytest.raises(BadPackage, match="its row is not among those that were sealed"):
        receipts.check(json.dumps(sound | {part: changes[part]}).encode(), KNOWN)


@given(tables())
def test_a_receipt_tells_of_nobody_else(rows: list[list[str]]) -> None:
    receipt = json.loads(receipt_in(rows, 0))
    receipt["statement"]["statement"].pop("campaign")
    receipt["statement"]["statement"].pop("official")
    held = json.dumps(receipt, ensure_ascii=False)
    for row in rows[1:]:
        secrets = [cell for cell in row[1:] if len(cell) > 8 and cell not in rows[0]]
        assert not any(json.dumps(cell, ensure_ascii=False) in held for cell in secrets)
        assert not any(merkle.leaf(bytes(16), row).hex() in held for _ in secrets)


def test_a_stranger_can_seal_anything_and_convinces_nobody() -> None:
    with pytest.raises(BadPackage, match=f"sealed with the key {name_of(OTHER)}, which is not"):
        receipts.check(receipt_in([["1", "A", "", "GB", "2026-03-01", ""]], 0, OTHER), KNOWN)
