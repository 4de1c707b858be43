"""Whatever was done to a package is named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign.delivery.sealing import seal
from campaign.delivery.verifying import verify
from tests.delivery.making import packed
from tests.delivery.matrix import MATRIX
from tests.delivery.tampering import check, edit, in_sheet, without_row, zipped


def test_a_sound_package_has_no_problems(package: Path, key: str) -> None:
    verdict = verify(package, {key})
    assert verdict.problems == []
    assert verdict.sealed is not None
    assert (verdict.sealed.count, verdict.sealed.first, verdict.sealed.last) == (12, 1, 12)
    assert verdict.sealed.fingerprint == key


@pytest.mark.parametrize("what", MATRIX)
def test_what_was_done_is_named(package: Path, key: str, tmp_path: Path, what: str) -> None:
    tamper, line = MATRIX[what]
    files = packed(package)
    tamper(files)
    problems = check(zipped(files), tmp_path, key).problems
    assert any(problem.startswith(line) for problem in problems), problems


def test_both_tables_changed_are_counted(package: Path, key: str, tmp_path: Path) -> None:
    files = packed(package)
    edit("signatures.csv", without_row(5))(files)
    in_sheet(lambda xml: re.sub(rb'<row r="6">.*?</row>', b"", xml, flags=re.DOTALL))(files)
    problems = check(zipped(files), tmp_path, key).problems
    assert "signatures.csv: it has 11 rows, 12 were sealed" in problems
    assert "signatures.xlsx: it has 11 rows, 12 were sealed" in problems


def test_another_signer_is_named(package: Path, key: str, tmp_path: Path) -> None:
    files = packed(package)
    manifest = json.loads(files["manifest.json"])["manifest"]
    files["manifest.json"] = seal("manifest", manifest, Ed25519PrivateKey.generate())
    problems = check(zipped(files), tmp_path, key).problems
    assert len(problems) == 1
    assert re.match("it was sealed with the key [0-9a-f ]{79}, which is not known", problems[0])
    assert key not in problems[0]
