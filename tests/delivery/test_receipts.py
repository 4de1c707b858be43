"""Receipts of packages that were really made, and files that only look like one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from campaign.delivery import leaves, receipts
from campaign.delivery.errors import BadPackage
from campaign.delivery.keys import own_fingerprint
from campaign.extensions import db
from tests.delivery.making import change, compiled, csv_table, packed, petition, sign
from tests.delivery.sealed import KEY, ROWS, make_package, name_of, receipt_of
from tests.support.making import rows

KNOWN = {name_of(KEY)}


def receipt_from_the_database(row: list[str]) -> bytes:
    id_, statement = rows("SELECT id, statement FROM delivery ORDER BY id DESC LIMIT 1")[0]
    with db.engine.connect() as connection:
        index = leaves.index_of(connection, id_, int(row[0]))
        proof = leaves.proof(connection, id_, index)
    return receipts.make(statement, row, proof.salt, index, proof.path)


def test_a_receipt_from_the_database_proves_a_row_of_the_package(
    app: Flask, tmp_path: Path, data_dir: Path
) -> None:
    petition()
    ids = [sign(name) for name in ("Amina Yusuf", "Zoë", "李小龍", "O'Brien")]
    compiled(tmp_path)
    change("UPDATE signature SET state = 'withdrawn' WHERE id = :i", i=ids[1])
    table = csv_table(packed(compiled(tmp_path, everything=True).path)["signatures.csv"])[1:]
    key = own_fingerprint(data_dir) or ""
    for row in table:
        said, whose = receipts.check(receipt_from_the_database(row), {key})
        assert said.startswith(
            f"{row[1]} is number {row[0]}, one of the 3 signatures of “Night buses for everyone” "
            "that were delivered to Ada Okafor, Mayor, City of Harrow Bay, as of "
        )
        assert whose == key


def test_what_a_receipt_says(tmp_path: Path) -> None:
    made = make_package(tmp_path / "new", [["1", "Amina Yusuf", "", "GB", "2026-03-01", ""]])
    assert receipts.check(receipt_of(made, 0), KNOWN)[0] == (
        "Amina Yusuf is number 1 of the 1 signature of “Night buses for everyone” that was "
        "delivered to Ada Okafor, Mayor, City of Harrow Bay, as of 31 May 2026, 12:00 UTC."
    )


def test_somebody_elses_root_proves_nothing(tmp_path: Path) -> None:
    one = make_package(tmp_path / "one")
    other = make_package(tmp_path / "other")
    receipt = json.loads(receipt_of(one, 4))
    receipt["statement"] = json.loads(other.statement)
    with pytest.raises(BadPackage, match="its row is not among those that were sealed"):
        receipts.check(json.dumps(receipt).encode(), KNOWN)


def test_a_changed_statement_is_named(tmp_path: Path) -> None:
    data = receipt_of(make_package(tmp_path / "new"), 4)
    changed = data.replace(b'"count": 12', b'"count": 13')
    assert changed != data
    with pytest.raises(BadPackage, match="the statement was changed: its seal does not fit it"):
        receipts.check(changed, KNOWN)


@pytest.mark.parametrize("field", ["statement", "row", "salt", "index", "path"])
@pytest.mark.parametrize("value", [None, 7, -1, "x", [], {}, [1] * 6, ["a"] * 6, True, 1 << 70])
def test_a_receipt_of_any_shape_is_refused(tmp_path: Path, field: str, value: object) -> None:
    receipt = json.loads(receipt_of(make_package(tmp_path / "new"), 4)) | {field: value}
    with pytest.raises(BadPackage):
        receipts.check(json.dumps(receipt).encode(), KNOWN)


def test_a_whole_number_may_be_written_in_any_way(tmp_path: Path) -> None:
    data = receipt_of(make_package(tmp_path / "new"), 4)
    written = re.sub(rb'("(?:index|count)": \d+)', rb"\1.0", data)
    assert written.count(b".0,") == 2
    assert receipts.check(written, KNOWN) == receipts.check(data, KNOWN)


def test_a_path_is_a_list_and_nothing_else(tmp_path: Path) -> None:
    receipt = json.loads(receipt_of(make_package(tmp_path / "new"), 4))
    receipt["path"] = dict.fromkeys(receipt["path"])
    with pytest.raises(BadPackage, match="lacks what a receipt has"):
        receipts.check(json.dumps(receipt).encode(), KNOWN)


@given(st.binary(max_size=100))
def test_any_bytes_are_refused(data: bytes) -> None:
    for start in (b"", b'{"format":"groundswell-receipt/1",', b"[" * 2_000):
        with pytest.raises(BadPackage):
            receipts.check(start + data, KNOWN)


def test_the_rows_are_those_of_the_table(tmp_path: Path) -> None:
    made = make_package(tmp_path / "new")
    assert [json.loads(receipt_of(made, n))["row"] for n in range(12)] == [list(r) for r in ROWS]
