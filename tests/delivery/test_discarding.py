"""Our copies of packages: gone when their time is over, and nothing else with them."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest
from flask import Flask

from campaign.accounts.audit import SYSTEM
from campaign.delivery.cancelling import cancel_delivery
from campaign.delivery.discarding import discard_old_packages
from campaign.delivery.due import compile_due
from campaign.delivery.encrypting import encrypted
from campaign.delivery.fetching import fetch_package
from campaign.delivery.keeping import NotNow
from campaign.delivery.listing import deliveries
from campaign.delivery.settling import packages
from tests.delivery.handing import ready
from tests.delivery.making import SLUG, change, compiled, petition, sign
from tests.support.making import rows, value


@pytest.fixture
def kept(app: Flask) -> Path:
    """A package in our own folder."""
    petition()
    sign()
    packages().mkdir(mode=0o700, exist_ok=True)
    return compiled(packages() / "0123.zip").path


def hand_over(days: int, state: str = "sent") -> None:
    change(f"UPDATE delivery SET state = :s, sent_at = now() - interval '{days} days'", s=state)


@pytest.fixture(autouse=True)
def _no_files_left(app: Flask) -> None:
    for file in packages().glob("*"):
        file.unlink()


@pytest.mark.parametrize("state", ["sent", "acknowledged"])
def test_a_package_goes_90_days_after_it_was_handed_over(kept: Path, state: str) -> None:
    hand_over(89, state)
    assert discard_old_packages() == 0
    assert kept.exists()
    hand_over(91, state)
    assert discard_old_packages() == 1
    assert discard_old_packages() == 0
    assert not kept.exists()
    assert rows("SELECT state, file FROM delivery") == [(state, None)]
    # What it proves stays.
    assert rows("SELECT root IS NOT NULL, numbers::text, row_count FROM delivery") == [
        (True, "{[1,2)}", 1)
    ]
    assert value("SELECT count(*) FROM delivery_leaves") == 1
    last = "SELECT action, subject FROM audit_event ORDER BY number DESC LIMIT 1"
    assert rows(last) == [("package deleted", f"delivery:{SLUG}/1")]


def test_the_pages_say_that_it_is_gone(kept: Path) -> None:
    hand_over(91)
    discard_old_packages()
    (shown,) = deliveries(SLUG)
    assert shown.discarded
    assert not shown.kept
    with pytest.raises(NotNow, match="was deleted"):
        fetch_package(SLUG, 1, actor=SYSTEM)


def test_what_nobody_has_yet_is_kept_however_old(kept: Path) -> None:
    change("UPDATE delivery SET requested_at = now() - interval '9 years'")
    assert discard_old_packages() == 0
    assert kept.exists()


def test_what_came_to_nothing_goes_too(kept: Path) -> None:
    change("UPDATE delivery SET state = 'failed', requested_at = now() - interval '91 days'")
    assert discard_old_packages() == 1
    assert not kept.exists()


def test_a_package_that_was_made_elsewhere_is_left_there(app: Flask, tmp_path: Path) -> None:
    petition()
    sign()
    path = compiled(tmp_path).path
    hand_over(9_000)
    assert discard_old_packages() == 0
    assert path.exists()


def test_a_file_that_is_gone_already_is_no_trouble(kept: Path) -> None:
    hand_over(91)
    kept.unlink()
    assert discard_old_packages() == 1


def encrypted_copy(package: Path) -> Path:
    return encrypted(package, str(pyrage.x25519.Identity.generate().to_public()))


def test_encrypted_copies_go_along(kept: Path) -> None:
    other = kept.with_name("01234.zip")
    other.write_bytes(b"of another delivery")
    copies = [encrypted_copy(kept), encrypted_copy(kept)]
    unfinished = kept.with_name(f".{copies[0].name}.0123abcd.part")
    unfinished.touch()
    stays = encrypted_copy(other)
    hand_over(91)
    assert discard_old_packages() == 1
    assert sorted(packages().iterdir()) == sorted([other, stays])


def test_encrypted_copies_of_a_cancelled_delivery_go_along(app: Flask) -> None:
    petition()
    sign()
    ready()
    copy = encrypted_copy(Path(value("SELECT file FROM delivery")))
    cancel_delivery(SLUG, 1, actor=SYSTEM)
    compile_due()
    assert not copy.exists()
    assert list(packages().iterdir()) == []
