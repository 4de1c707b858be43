"""The sealing key: made once, whoever comes first, and readable by its owner alone."""

from __future__ import annotations

import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from campaign.delivery.errors import KeyUnusable
from campaign.delivery.keys import FILE, fingerprint, own_fingerprint, read_fingerprint, signing_key


def test_all_who_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: signing_key(tmp_path), range(32)))
    assert len({key.private_bytes_raw() for key in keys}) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [FILE.name]
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_looking_for_a_key_makes_none(tmp_path: Path) -> None:
    assert own_fingerprint(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_fingerprint_is_the_hash_of_the_raw_public_key(tmp_path: Path) -> None:
    raw = signing_key(tmp_path).public_key().public_bytes_raw()
    assert fingerprint(raw).replace(" ", "") == hashlib.sha256(raw).hexdigest()
    assert own_fingerprint(tmp_path) == fingerprint(raw)


@pytest.mark.parametrize("between", ["", " ", ":", "-", "  "])
def test_a_fingerprint_may_be_typed_in_many_ways(between: str) -> None:
    name = fingerprint(b"\0" * 32)
    assert read_fingerprint(name.replace(" ", between).upper()) == name


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "0" * 63, "0" * 65, "٠" * 64])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        read_fingerprint(text)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_damaged_key_is_said_so_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(KeyUnusable, match="is damaged"):
        signing_key(tmp_path)
    assert path.read_bytes() == content
