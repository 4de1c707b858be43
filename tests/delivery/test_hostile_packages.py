"""A package may be anything: it is refused in plain words, and nothing in it can do harm."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.delivery.sealing import canonical, seal
from campaign.delivery.verifying import verify
from tests.delivery.making import packed
from tests.delivery.tampering import check, zipped


@pytest.mark.parametrize(
    "document",
    [
        None,
        7,
        [],
        {},
        {"manifest": {}, "seal": {}},
        {"manifest": [], "seal": {"public_key": "", "signature": "", "algorithm": "Ed25519"}},
        {"manifest": {"format": "groundswell-delivery/1"}, "seal": {"public_key": 1}},
        {"seal": {"public_key": "zz", "signature": "", "algorithm": "Ed25519"}},
        {
            "manifest": {"format": "groundswell-delivery/1"},
            "seal": {"public_key": "00" * 32, "signature": "00", "algorithm": "Ed25519"},
        },
        {
            "manifest": {"format": "x/2"},
            "seal": {"public_key": "", "signature": "", "algorithm": ""},
        },
    ],
)
def test_a_manifest_of_any_shape_is_refused(
    package: Path, key: str, tmp_path: Path, document: object
) -> None:
    files = packed(package) | {"manifest.json": canonical(document)}
    problems = check(zipped(files), tmp_path, key).problems
    assert len(problems) == 1
    assert problems[0].startswith("manifest.json ")


@pytest.mark.parametrize("field", ["files", "archive", "signatures", "campaign", "delivery"])
@pytest.mark.parametrize("value", [None, -1, "x", [], {"a": 1}])
def test_a_sealed_manifest_of_any_shape_is_refused(
    package: Path, tmp_path: Path, field: str, value: object
) -> None:
    files = packed(package)
    manifest = json.loads(files["manifest.json"])["manifest"] | {field: value}
    files["manifest.json"] = seal("manifest", manifest, Ed25519PrivateKey.generate())
    problems = check(zipped(files), tmp_path, "").problems
    assert problems == ["manifest.json lacks what a sealed manifest has"]


def test_two_files_of_one_name(package: Path, key: str, tmp_path: Path) -> None:
    files = packed(package)
    buffer = io.BytesIO(package.read_bytes())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("signatures.csv", files["signatures.csv"])
    problems = check(buffer.getvalue(), tmp_path, key).problems
    assert problems == ['it holds 2 files named "signatures.csv"']


def test_a_bomb_is_not_unpacked(package: Path, key: str, tmp_path: Path) -> None:
    files = packed(package) | {"signatures.csv": bytes(64 << 20)}
    problems = check(zipped(files), tmp_path, key).problems
    assert '"signatures.csv" is larger than it should be' in problems


def test_a_directory_of_a_million_files_is_not_read(tmp_path: Path, key: str) -> None:
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65535, 65535, 60_000_000, 0, 0)
    problems = check(bytes(60_000_000) + end, tmp_path, key).problems
    assert problems == ["this ZIP file lists more than a package holds"]


@pytest.mark.parametrize(
    ("position", "inserted"),
    [("start", b"#!/bin/sh\n"), ("end", b"trailing"), ("end", b"\0")],
)
def test_bytes_around_the_archive_are_noticed(
    package: Path, key: str, tmp_path: Path, position: str, inserted: bytes
) -> None:
    data = package.read_bytes()
    data = inserted + data if position == "start" else data + inserted
    assert check(data, tmp_path, key).problems


def test_comments_and_extra_fields_are_noticed(package: Path, key: str, tmp_path: Path) -> None:
    buffer = io.BytesIO(package.read_bytes())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"read me"
    problems = check(buffer.getvalue(), tmp_path, key).problems
    assert problems == ["the ZIP file was changed around the files, which are as sealed"]


def test_no_byte_can_be_changed(package: Path, key: str, tmp_path: Path) -> None:
    """Every byte of what is not the content of a file, and a sample of the others."""
    sound = package.read_bytes()
    with zipfile.ZipFile(package) as archive:
        starts = [info.header_offset for info in archive.infolist()]
        ends = [*starts[1:], archive.start_dir]
    places = {at for start in starts for at in range(start, start + 60)}
    places |= {at for end in ends for at in range(end - 20, end)}
    places |= set(range(ends[-1], len(sound)))
    places |= set(random.Random(1).sample(range(len(sound)), 400))
    for at in sorted(places):
        changed = bytearray(sound)
        changed[at] ^= 1 << (at % 8)
        assert check(bytes(changed), tmp_path, key).problems, f"byte {at} of {len(sound)}"


def test_no_end_can_be_cut_off(package: Path, key: str, tmp_path: Path) -> None:
    sound = package.read_bytes()
    for length in [0, 1, 21, 22, 100, len(sound) // 2, *range(len(sound) - 400, len(sound))]:
        assert check(sound[:length], tmp_path, key).problems, f"{length} bytes"


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_garbage_is_refused_without_a_traceback(
    package: Path, key: str, tmp_path: Path, data: st.DataObject
) -> None:
    sound = package.read_bytes()
    at = data.draw(st.integers(0, len(sound)))
    length = data.draw(st.integers(0, 200))
    garbage = data.draw(st.binary(max_size=80))
    changed = sound[:at] + garbage + sound[at + length :]
    assert (check(changed, tmp_path, key).problems == []) == (changed == sound)


@given(st.binary(max_size=300))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused(tmp_path: Path, data: bytes) -> None:
    assert check(data + b"PK\5\6" + data, tmp_path, "").problems


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    assert verify(tmp_path / "none.zip", set()).problems == [
        f"{tmp_path}/none.zip cannot be read: No such file or directory"
    ]
    assert "cannot be read" in verify(tmp_path, set()).problems[0]
