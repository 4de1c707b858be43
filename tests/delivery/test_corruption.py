"""The corruption matrix: a byte of each class of each file is changed, and the check names it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from campaign.delivery.archive import read_directory
from campaign.delivery.checking import check
from tests.delivery.flipping import CENTRAL, END, LOCAL, Flip, flipped, flips
from tests.delivery.sealed import KEY, make_package, name_of

FILES = ("signatures.xlsx", "signatures.csv", "salts.bin", "README.txt", "manifest.json")
AROUND = "the ZIP file was changed around the files, which are as sealed"
# Where the ZIP file itself can no longer be found its way in, no file can be named.
LOST = ("this is not a whole ZIP file", "the ZIP file is damaged: its directory", AROUND)
# Bytes that say where a file is or what it is called: then another thing is found there, or none.
ASTRAY = ("signature", "name", "method", "packed size", "place", "length of the ")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_package(tmp_path_factory.mktemp("sealed") / "new").path.read_bytes()


def of(data: bytes, name: str) -> list[Flip]:
    found = [one for one in flips(data, read_directory(io.BytesIO(data))) if one.file == name]
    assert len(found) == (len(LOCAL) + len(CENTRAL) + 3 if name else len(END))
    return found


def problems(data: bytes, folder: Path) -> list[str]:
    path = folder / "suspect.zip"
    path.write_bytes(data)
    checked = check(path, {name_of(KEY)})
    assert (checked.says == []) == (checked.problems != [])
    return checked.problems


def test_the_package_itself_is_sound(sound: bytes, tmp_path: Path) -> None:
    assert problems(sound, tmp_path) == []


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_of_a_file_is_named(sound: bytes, tmp_path: Path, name: str) -> None:
    for one in of(sound, name):
        found = problems(flipped(sound, one.at), tmp_path)
        assert found, one
        if one.what.startswith("content"):
            assert any(line.startswith((name, f'"{name}"')) for line in found), (one, found)
        elif one.what.endswith(ASTRAY) or "length" in one.what:
            assert any(name in line or line.startswith(LOST) for line in found), (one, found)
        else:
            assert found == [AROUND], one


def test_a_changed_byte_of_the_end_is_named(sound: bytes, tmp_path: Path) -> None:
    for one in of(sound, ""):
        found = problems(flipped(sound, one.at), tmp_path)
        assert any(line.startswith(LOST) or "is missing" in line for line in found), (one, found)


@pytest.mark.parametrize("added", [b"\0", b"a comment", b"PK\5\6" + bytes(18)])
def test_what_is_added_at_either_end_is_named(sound: bytes, tmp_path: Path, added: bytes) -> None:
    for data in (sound + added, added + sound):
        assert problems(data, tmp_path)


def test_a_comment_that_the_end_announces_is_named(sound: bytes, tmp_path: Path) -> None:
    data = sound[:-2] + (7).to_bytes(2, "little") + b"Trust me"[:7]
    assert problems(data, tmp_path) == [AROUND]
