"""The leaves of a package: kept for its proofs, gone with a failure, silent about the erased."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from campaign.delivery import compiling, leaves, merkle
from campaign.delivery.errors import CannotWrite
from campaign.delivery.merkle import CHUNK
from campaign.errors import NotFound
from campaign.extensions import db
from tests.delivery.making import change, compiled, csv_table, packed, petition, sign, sign_many
from tests.support.making import rows, value

GONE = bytes(16)


def prove(delivery_id: int, index: int) -> leaves.Proof:
    with db.engine.connect() as connection:
        return leaves.proof(connection, delivery_id, index)


def forget(number: int) -> None:
    campaign = value("SELECT id FROM campaign WHERE slug = 'night-buses'")
    with db.engine.begin() as connection:
        leaves.forget(connection, campaign, [number])


def proofs(delivery_id: int) -> list[leaves.Proof]:
    """Those of the numbers around the border of the first chunk."""
    return [prove(delivery_id, index) for index in range(CHUNK - 1, CHUNK + 4)]


def deliveries() -> list[int]:
    return [row[0] for row in rows("SELECT id FROM delivery ORDER BY id")]


def newest() -> tuple[int, bytes]:
    found = rows("SELECT id, root FROM delivery ORDER BY id DESC LIMIT 1")[0]
    return found[0], bytes(found[1])


@pytest.mark.parametrize("count", [1, 2, 13, CHUNK, CHUNK + 1, 2 * CHUNK + 3])
def test_every_row_has_a_proof_that_leads_to_the_root(
    app: Flask, tmp_path: Path, count: int
) -> None:
    petition()
    sign_many(count)
    files = packed(compiled(tmp_path).path)
    table, salts = csv_table(files["signatures.csv"])[1:], files["salts.bin"]
    assert len(salts) == 16 * count
    id_, root = newest()
    for index in sorted({0, 1, CHUNK - 1, CHUNK, 2 * CHUNK + 2, count - 1} & set(range(count))):
        found = prove(id_, index)
        assert found.salt == salts[16 * index : 16 * index + 16]
        assert found.leaf == merkle.leaf(found.salt, table[index])
        assert merkle.climbed(found.leaf, index, count, found.path) == root
    for outside in (-1, count):
        with pytest.raises(NotFound):
            prove(id_, outside)


def test_a_number_has_its_place_among_the_rows_also_after_gaps(app: Flask, tmp_path: Path) -> None:
    petition()
    ids = [sign(f"Person {n}") for n in range(1, 8)]
    compiled(tmp_path)
    for gone in (ids[1], ids[4]):
        change("UPDATE signature SET state = 'withdrawn' WHERE id = :i", i=gone)
    table = csv_table(packed(compiled(tmp_path, everything=True).path)["signatures.csv"])[1:]
    assert [row[0] for row in table] == ["1", "3", "4", "6", "7"]
    id_, _ = newest()
    with db.engine.connect() as connection:
        for index, row in enumerate(table):
            assert leaves.index_of(connection, id_, int(row[0])) == index
        for absent in (0, 2, 5, 8):
            with pytest.raises(NotFound):
                leaves.index_of(connection, id_, absent)


def test_the_salts_of_two_packages_differ(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(3)
    one, other = (packed(compiled(tmp_path, everything=True).path)["salts.bin"] for _ in range(2))
    pieces = {data[at : at + 16] for data in (one, other) for at in (0, 16, 32)}
    assert len(pieces) == 6


def test_who_is_erased_is_forgotten_in_every_package_and_nobody_else(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    sign_many(CHUNK + 5)
    compiled(tmp_path)
    gone = value("SELECT signature_id FROM delivery_number WHERE number = 3")
    change("UPDATE signature SET state = 'withdrawn' WHERE id = :i", i=gone)
    compiled(tmp_path, everything=True)
    before = {id_: proofs(id_) for id_ in deliveries()}
    forget(CHUNK + 2)
    first, second = deliveries()
    # The second one lacks number 3, so everybody behind it is one place further up.
    for id_, place in ((first, 2), (second, 1)):
        expected = before[id_]
        assert expected[place].salt != GONE
        expected[place] = expected[place]._replace(salt=GONE)
        assert proofs(id_) == expected


def test_who_is_erased_while_the_package_is_made_is_forgotten(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition()
    ids = [sign(), sign(), sign()]
    pack = compiling.pack

    def meanwhile(*args: object) -> object:
        change("UPDATE signature SET state = 'erased' WHERE id = :i", i=ids[1])
        forget(2)
        return pack(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(compiling, "pack", meanwhile)
    compiled(tmp_path)
    id_, root = newest()
    found = [prove(id_, index) for index in range(3)]
    assert [proof.salt == GONE for proof in found] == [False, True, False]
    for index, proof in enumerate(found):
        assert merkle.climbed(proof.leaf, index, 3, proof.path) == root


def test_a_delivery_that_fails_keeps_no_leaves(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition()
    sign_many(2)

    def refuse(*_: object) -> None:
        raise CannotWrite("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(compiling, "publish", refuse)
        with pytest.raises(CannotWrite):
            compiled(tmp_path)
    assert rows("SELECT state, root, numbers FROM delivery") == [("failed", None, None)]
    assert value("SELECT count(*) FROM delivery_leaves") == 0


def test_what_a_crash_left_behind_keeps_its_leaves_only_with_its_package(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    sign_many(2)
    first = compiled(tmp_path)
    change("UPDATE delivery SET state = 'compiling'")
    first.path.unlink()
    compiled(tmp_path)
    assert rows(
        "SELECT d.state FROM delivery d JOIN delivery_leaves l ON l.delivery_id = d.id"
    ) == [("ready",)]
