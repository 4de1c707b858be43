"""One command for all that somebody may hold in their hands."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.delivery.checking import check
from tests.delivery.making import packed
from tests.delivery.sealed import (
    KEY,
    make_package,
    make_package_without_root,
    name_of,
    receipt_of,
)
from tests.delivery.tampering import edit, swap, zipped

KNOWN = {name_of(KEY)}


def test_a_package_holds(tmp_path: Path) -> None:
    checked = check(make_package(tmp_path / "new").path, KNOWN)
    assert (checked.what, checked.problems) == ("package", [])
    assert checked.says == [
        "package.zip is exactly what was sealed: delivery 1 of “Night buses for everyone”, "
        "12 signatures, numbers 1 to 12.",
        f"Sealed with the key {name_of(KEY)}.",
    ]


def test_a_package_of_the_first_format_still_holds(tmp_path: Path) -> None:
    path = make_package_without_root(tmp_path / "new")
    checked = check(path, KNOWN)
    assert (checked.problems, len(checked.says)) == ([], 2)
    files = packed(path)
    edit("signatures.csv", lambda d: d.replace(b"Person 7", b"Person X"))(files)
    path.write_bytes(zipped(files))
    assert check(path, KNOWN).problems == [
        "signatures.csv was changed: its SHA-256 is not the one that was sealed",
        "signatures.csv: number 7 was changed: name",
    ]


def test_rows_that_were_changed_in_both_tables_do_not_lead_to_the_root(tmp_path: Path) -> None:
    made = make_package(tmp_path / "new")
    files = packed(made.path)
    edit("signatures.csv", lambda d: d.replace(b"Person 7", b"Person X"))(files)
    edit("signatures.xlsx", lambda d: d[:-1])(files)
    made.path.write_bytes(zipped(files))
    line = "signatures.csv: its rows are not those that were sealed (the root differs)"
    assert line in check(made.path, KNOWN).problems


def test_what_was_swapped_both_ways_is_named_twice(tmp_path: Path) -> None:
    made = make_package(tmp_path / "new")
    files = packed(made.path)
    swap(files)
    made.path.write_bytes(zipped(files))
    problems = check(made.path, KNOWN).problems
    assert "signatures.csv was swapped: it holds what was sealed as signatures.xlsx" in problems
    assert "signatures.xlsx was swapped: it holds what was sealed as signatures.csv" in problems


def test_a_receipt_holds(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(receipt_of(make_package(tmp_path / "new"), 6))
    checked = check(path, KNOWN)
    assert (checked.what, checked.problems) == ("receipt", [])
    assert checked.says[0].startswith("Person 7 is number 7 of the 12 signatures of ")
    assert check(path, set()).says == []
    path.write_bytes(b" \n{" + bytes(2_000_000))
    assert check(path, KNOWN).problems == ["this receipt is larger than any"]


@pytest.mark.parametrize(
    "start", [b"age-encryption.org/v1\n-> X25519", b"-----BEGIN AGE ENCRYPTED FILE-----\n"]
)
def test_what_is_encrypted_must_be_decrypted_first(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "package.zip.age"
    path.write_bytes(start)
    assert check(path, KNOWN).problems == [
        "it is encrypted: decrypt it with the key of the office (age) first"
    ]


def test_what_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    assert check(tmp_path / "none", KNOWN).problems == [
        "it cannot be read: No such file or directory"
    ]
    assert check(tmp_path, KNOWN).problems[0].startswith("it cannot be read")
