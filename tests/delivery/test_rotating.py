"""Rotating the sealing key: the new one seals, the old ones stay known."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from campaign.accounts.audit import Actor
from campaign.commands.deliveries import deliveries
from campaign.delivery import keyring, rotating
from campaign.delivery.checking import check
from campaign.delivery.errors import KeyUnusable
from campaign.delivery.keyring import known_fingerprints, public_keys
from campaign.delivery.keys import FILE, own_fingerprint, signing_key
from campaign.delivery.rotating import rotate_key
from tests.delivery.making import compiled, petition, sign
from tests.support.making import rows

ADA = Actor("ada@example.org")


@pytest.fixture
def keys(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for keys."""
    place = tmp_path / "data"
    place.mkdir()
    monkeypatch.setattr(rotating, "settings", lambda: type("S", (), {"data_dir": place}))
    return place


def test_the_new_key_seals_and_the_old_one_is_kept_without_its_secret(keys: Path) -> None:
    old = signing_key(keys)
    secret = old.private_bytes_raw()
    made = rotate_key(actor=ADA)
    assert made.fingerprint == own_fingerprint(keys)
    current, retired = public_keys(keys)
    assert (current.fingerprint, current.until) == (made.fingerprint, None)
    assert retired.raw == old.public_key().public_bytes_raw()
    assert retired.until is not None
    assert retired.since <= retired.until
    files = sorted(path.name for path in (keys / "keys").iterdir())
    name = retired.fingerprint.replace(" ", "")[:16]
    assert files == [FILE.name, f"retired-{name}.pub.pem"]
    held = b"".join(path.read_bytes() for path in (keys / "keys").iterdir())
    assert b"PRIVATE" in held
    assert secret not in held
    assert held.count(b"PRIVATE KEY") == 2
    assert stat.S_IMODE((keys / FILE).stat().st_mode) == 0o600


def test_every_key_there_ever_was_stays_known(keys: Path) -> None:
    names = [rotate_key(actor=ADA).fingerprint for _ in range(4)]
    assert len(set(names)) == 4
    assert known_fingerprints(keys) == set(names)
    assert public_keys(keys)[0].fingerprint == names[-1]
    assert rows("SELECT action, details->>'fingerprint' FROM audit_event ORDER BY number") == [
        ("sealing key rotated", name) for name in names
    ]


def test_all_who_rotate_at_once_agree_on_one_new_key(
    app: Flask, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = own_name(keys)
    monkeypatch.setattr(rotating, "record_alone", lambda *_: None)
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: rotate_key(actor=ADA).fingerprint, range(8)))
    # Who comes when others are done already rotates once more; nobody's key is lost.
    assert own_fingerprint(keys) in made
    assert known_fingerprints(keys) == made | {old}


def own_name(keys: Path) -> str:
    signing_key(keys)
    return str(own_fingerprint(keys))


def test_who_waited_for_somebody_elses_rotation_gets_the_key_of_that(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_name(keys)
    turn = rotating._turn

    def after_somebody_else(place: Path) -> object:
        monkeypatch.setattr(rotating, "_turn", turn)
        rotate_key(actor=ADA)
        return turn(place)

    monkeypatch.setattr(rotating, "_turn", after_somebody_else)
    made = rotate_key(actor=ADA)
    assert made.fingerprint == own_fingerprint(keys)
    assert len(public_keys(keys)) == 2
    assert len(rows("SELECT FROM audit_event")) == 1


def test_a_rotation_that_breaks_off_leaves_the_old_key_in_use(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = own_name(keys)
    with monkeypatch.context() as patch:
        patch.setattr(rotating, "new_key", _killed)
        with pytest.raises(KeyboardInterrupt):
            rotate_key(actor=ADA)
    assert own_fingerprint(keys) == old
    rotate_key(actor=ADA)
    assert [key.until is None for key in public_keys(keys)] == [True, False]
    assert old in known_fingerprints(keys)


def _killed() -> bytes:
    raise KeyboardInterrupt


def test_no_key_is_missed_that_is_being_retired_meanwhile(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = own_name(keys)
    read = keyring.current_key

    def and_then_somebody_rotates(data_dir: Path) -> object:
        found = read(data_dir)
        rotate_key(actor=ADA)
        return found

    monkeypatch.setattr(keyring, "current_key", and_then_somebody_rotates)
    assert old in known_fingerprints(keys)


def test_packages_from_before_a_rotation_stay_good(
    app: Flask, tmp_path: Path, data_dir: Path
) -> None:
    petition()
    sign()
    before = compiled(tmp_path)
    rotate_key(actor=ADA)
    sign()
    after = compiled(tmp_path)
    known = known_fingerprints(data_dir)
    one, other = check(before.path, known), check(after.path, known)
    assert (one.problems, other.problems) == ([], [])
    assert one.says[1] != other.says[1]


def test_the_command_says_the_new_fingerprint(app: Flask, data_dir: Path) -> None:
    done = app.test_cli_runner().invoke(deliveries, ["rotate-key"])
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == own_fingerprint(data_dir)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"since x until y\n-----BEGIN PUBLIC KEY"])
def test_a_damaged_retired_key_is_said_so(keys: Path, content: bytes) -> None:
    own_name(keys)
    (keys / "keys" / "retired-0000000000000000.pub.pem").write_bytes(content)
    with pytest.raises(KeyUnusable, match=r"the retired key .* is damaged"):
        known_fingerprints(keys)
