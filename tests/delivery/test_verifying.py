"""Verifying: whatever was done to a package is named, and nothing in it can do harm."""

from __future__ import annotations

import io
import json
import random
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.delivery.keys import own_fingerprint
from campaign.delivery.sealing import canonical, seal
from campaign.delivery.verifying import Verdict, verify
from tests.delivery.making import compiled, packed, petition, sign

Files = dict[str, bytes]


@pytest.fixture
def package(app: Flask, tmp_path: Path) -> Path:
    """A sound package of twelve signatures."""
    petition()
    for number in range(1, 13):
        sign(f"Person {number}", "Ünïcode, 李\nand more" if number % 3 else "")
    return compiled(tmp_path / "package.zip").path


@pytest.fixture
def key(package: Path, data_dir: Path) -> str:
    """The fingerprint of the key that sealed it."""
    found = own_fingerprint(data_dir)
    assert found is not None
    return found


def check(data: bytes, folder: Path, key: str) -> Verdict:
    path = folder / "suspect.zip"
    path.write_bytes(data)
    return verify(path, {key})


def zipped(files: Files) -> bytes:
    """An archive as somebody else's program makes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_a_sound_package_has_no_problems(package: Path, key: str) -> None:
    verdict = verify(package, {key})
    assert verdict.problems == []
    assert verdict.sealed is not None
    assert (verdict.sealed.count, verdict.sealed.first, verdict.sealed.last) == (12, 1, 12)
    assert verdict.sealed.fingerprint == key


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], None]:
    def edited(files: Files) -> None:
        before = files[name]
        files[name] = change(before)
        assert files[name] != before

    return edited


def saved_anew(change: Callable[[openpyxl.worksheet.worksheet.Worksheet], object]) -> object:
    """Change a workbook with another program, which writes all of it anew."""

    def changed(data: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(data))
        change(book.active)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    return edit("signatures.xlsx", changed)


def in_sheet(change: Callable[[bytes], bytes]) -> object:
    """Change the XML of the sheet and leave the rest of the workbook alone."""

    def changed(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"])
        return zipped(parts)

    return edit("signatures.xlsx", changed)


def swap(files: Files) -> None:
    csv, xlsx = files["signatures.csv"], files["signatures.xlsx"]
    files |= {"signatures.csv": xlsx, "signatures.xlsx": csv}


def without_row(number: int) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(rb"(?ms)^%d,.*?\r\n(?=\d|\Z)" % number, b"", data)


def remove(name: str) -> Callable[[Files], None]:
    return lambda files: files.__delitem__(name)


MATRIX = {
    "a changed cell of the CSV": (
        edit("signatures.csv", lambda d: d.replace(b"Person 7", b"Person X")),
        "signatures.csv: number 7 was changed: name",
    ),
    "a row missing from the CSV": (
        edit("signatures.csv", without_row(5)),
        "signatures.csv: number 5 is missing",
    ),
    "the last row missing from the CSV": (
        edit("signatures.csv", without_row(12)),
        "signatures.csv: number 12 is missing",
    ),
    "a row added to the CSV": (
        edit("signatures.csv", lambda d: d + b"13,Eve,,GB,2026-03-01,\r\n"),
        "signatures.csv: number 13 was added, or is not in its place",
    ),
    "rows of the CSV in another order": (
        edit("signatures.csv", lambda d: d.replace(b"\n2,P", b"\n9,P").replace(b"\n3,P", b"\n2,P")),
        "signatures.csv: number 2 is missing",
    ),
    "another heading": (
        edit("signatures.csv", lambda d: d.replace(b"comment", b"opinion", 1)),
        "signatures.csv: its first row is not the one with the headings",
    ),
    "no CSV at all": (
        edit("signatures.csv", lambda d: b""),
        "signatures.csv was changed: its SHA-256 is not the one that was sealed",
    ),
    "garbage for a CSV": (
        edit("signatures.csv", lambda d: d[:70] + b'"\xff\0,,,\n' * 20),
        "signatures.csv was changed: its SHA-256 is not the one that was sealed",
    ),
    "a changed cell of the workbook": (
        in_sheet(lambda xml: xml.replace(b"Person 4<", b"Person X<")),
        "signatures.xlsx: number 4 was changed: name",
    ),
    "a row missing from the workbook": (
        in_sheet(lambda xml: re.sub(rb'<row r="6">.*?</row>', b"", xml, flags=re.DOTALL)),
        "signatures.xlsx: number 5 is missing",
    ),
    "a workbook that another program has saved": (
        saved_anew(lambda sheet: sheet.delete_rows(3)),
        "signatures.xlsx: number 2 is missing",
    ),
    "a workbook with its texts elsewhere": (
        in_sheet(lambda xml: xml.replace(b't="inlineStr"', b't="s"')),
        "signatures.xlsx: it was written anew by another program",
    ),
    "a workbook that would grow without end": (
        in_sheet(lambda xml: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml.split(b"?>", 1)[1]),
        "signatures.xlsx: a sheet of it is not what a workbook holds",
    ),
    "a workbook that is no workbook": (
        edit("signatures.xlsx", lambda d: d[:-30]),
        "signatures.xlsx: this is not a whole ZIP file",
    ),
    "a changed text": (
        edit("README.txt", lambda d: d.replace(b"12", b"13")),
        "README.txt was changed: its SHA-256 is not the one that was sealed",
    ),
    "swapped files": (swap, "signatures.csv was swapped: it holds what was sealed as signatures."),
    "a missing file": (remove("signatures.xlsx"), "signatures.xlsx is missing"),
    "an added file": (
        lambda files: files.update({"\x1b[2J.exe": b"MZ"}),
        "'\\x1b[2J.exe' was added after the package was sealed",
    ),
    "no manifest": (remove("manifest.json"), "manifest.json is missing: nothing says"),
    "a changed manifest": (
        edit("manifest.json", lambda d: d.replace(b'"count":12', b'"count":13')),
        "manifest.json was changed: its seal does not fit it",
    ),
    "a manifest written in another form": (
        edit("manifest.json", lambda d: json.dumps(json.loads(d), indent=1).encode()),
        "manifest.json was changed: it is not in the form in which it is sealed",
    ),
    "a manifest with a key twice": (
        edit("manifest.json", lambda d: d.replace(b'"delivery":1', b'"delivery":9,"delivery":1')),
        "manifest.json was changed: it is not in the form in which it is sealed",
    ),
    "a manifest that is no JSON": (
        edit("manifest.json", lambda d: b"[" * 100_000),
        "manifest.json is damaged: it cannot be read",
    ),
    "an enormous manifest": (
        edit("manifest.json", lambda d: d + b" " * (1 << 21)),
        "'manifest.json' is larger than it should be",
    ),
    "the same files in another archive": (
        lambda files: None,
        "the ZIP file was changed around the files, which are as sealed",
    ),
}


@pytest.mark.parametrize("what", MATRIX)
def test_what_was_done_is_named(package: Path, key: str, tmp_path: Path, what: str) -> None:
    tamper, line = MATRIX[what]
    files = packed(package)
    tamper(files)  # type: ignore[operator]
    problems = check(zipped(files), tmp_path, key).problems
    assert any(problem.startswith(line) for problem in problems), problems


def test_both_tables_changed_are_counted(package: Path, key: str, tmp_path: Path) -> None:
    files = packed(package)
    edit("signatures.csv", without_row(5))(files)
    in_sheet(lambda xml: re.sub(rb'<row r="6">.*?</row>', b"", xml, flags=re.DOTALL))(files)  # type: ignore[operator]
    problems = check(zipped(files), tmp_path, key).problems
    assert "signatures.csv: it has 11 rows, 12 were sealed" in problems
    assert "signatures.xlsx: it has 11 rows, 12 were sealed" in problems


def test_another_signer_is_named(package: Path, key: str, tmp_path: Path) -> None:
    files = packed(package)
    manifest = json.loads(files["manifest.json"])["manifest"]
    files["manifest.json"] = seal(manifest, Ed25519PrivateKey.generate())
    problems = check(zipped(files), tmp_path, key).problems
    assert len(problems) == 1
    assert re.match("it was sealed with the key [0-9a-f ]{79}, which is not known", problems[0])
    assert key not in problems[0]


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
    files["manifest.json"] = seal(manifest, Ed25519PrivateKey.generate())
    problems = check(zipped(files), tmp_path, "").problems
    assert problems == ["manifest.json lacks what a sealed manifest has"]


def test_two_files_of_one_name(package: Path, key: str, tmp_path: Path) -> None:
    files = packed(package)
    buffer = io.BytesIO(package.read_bytes())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("signatures.csv", files["signatures.csv"])
    problems = check(buffer.getvalue(), tmp_path, key).problems
    assert problems == ["it holds 2 files named 'signatures.csv'"]


def test_a_bomb_is_not_unpacked(package: Path, key: str, tmp_path: Path) -> None:
    files = packed(package) | {"signatures.csv": bytes(64 << 20)}
    problems = check(zipped(files), tmp_path, key).problems
    assert "'signatures.csv' is larger than it should be" in problems


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
