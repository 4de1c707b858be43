"""verify.html, opened from the disk with the network cut: it says what the command line says."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from campaign.delivery.archive import read_directory
from campaign.delivery.checking import check
from tests.browser.verifying import Packages, Seen, put
from tests.delivery.flipping import flipped, flips
from tests.delivery.making import packed
from tests.delivery.matrix import MATRIX
from tests.delivery.sealed import KEY, OTHER, name_of, receipt_of
from tests.delivery.tampering import zipped


@pytest.fixture(scope="module")
def page(offline: BrowserContext, verify_html: Path) -> Page:
    opened = offline.new_page()
    opened.set_default_timeout(20_000)
    opened.goto(verify_html.as_uri())
    return opened


def expect_the_same(page: Page, data: bytes, folder: Path) -> Seen:
    """The page says of `data` what the command line says."""
    path = folder / "suspect.zip"
    path.write_bytes(data)
    checked = check(path, {name_of(KEY)})
    seen = put(page, data)
    assert seen.problems == checked.problems
    assert seen.tone == ("bad" if checked.problems else "good")
    if checked.says:
        assert seen.says == checked.says[0]
    return seen


def test_an_intact_package_holds(page: Page, packages: Packages, tmp_path: Path) -> None:
    seen = expect_the_same(page, packages.sound.path.read_bytes(), tmp_path)
    assert seen.tone == "good"
    expect(page.get_by_role("heading", name="Everything holds")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Everything holds. suspect.zip is exactly")
    checks = page.locator(".checks li").all_text_contents()
    # The seal, each file, the root, and the ZIP file around them.
    assert len(checks) == len(packed(packages.sound.path)) + 2
    assert all(text.startswith("holds: ") for text in checks)


@pytest.mark.parametrize("what", MATRIX)
def test_what_was_done_is_named_as_on_the_command_line(
    page: Page, packages: Packages, tmp_path: Path, what: str
) -> None:
    tamper, line = MATRIX[what]
    files = packed(packages.sound.path)
    tamper(files)
    seen = expect_the_same(page, zipped(files), tmp_path)
    assert any(problem.startswith(line) for problem in seen.problems)


def test_every_class_of_byte_is_judged_as_on_the_command_line(
    page: Page, packages: Packages, tmp_path: Path
) -> None:
    data = packages.sound.path.read_bytes()
    for one in flips(data, read_directory(io.BytesIO(data))):
        expect_the_same(page, flipped(data, one.at), tmp_path)


def test_what_was_cut_off_is_refused(page: Page, packages: Packages, tmp_path: Path) -> None:
    data = packages.sound.path.read_bytes()
    for length in (0, 3, 21, 22, 500, len(data) // 2, len(data) - 22, len(data) - 1):
        expect_the_same(page, data[:length], tmp_path)


def test_a_package_of_the_first_format_holds(
    page: Page, packages: Packages, tmp_path: Path
) -> None:
    assert expect_the_same(page, packages.first_format.read_bytes(), tmp_path).tone == "good"


def test_a_wrong_signer_is_named_until_somebody_vouches_for_the_key(
    offline: BrowserContext, verify_html: Path, packages: Packages, tmp_path: Path
) -> None:
    page = offline.new_page()
    page.goto(verify_html.as_uri())
    seen = expect_the_same(page, packages.strangers.path.read_bytes(), tmp_path)
    assert seen.problems[0].startswith(f"it was sealed with the key {name_of(OTHER)}, which is not")
    field = page.get_by_label("Trust another key")
    field.fill("abc")
    field.press("Enter")
    expect(page.get_by_text("A fingerprint has 64 digits")).to_be_visible()
    expect(field).to_be_focused()
    field.fill(name_of(OTHER).replace(" ", "").upper())
    field.press("Enter")
    expect(page.get_by_role("heading", name="Everything holds")).to_be_visible()
    expect(page.get_by_text("Added by you")).to_be_visible()


def test_a_receipt_holds_and_says_what_it_proves(
    page: Page, packages: Packages, tmp_path: Path
) -> None:
    seen = expect_the_same(page, receipt_of(packages.sound, 6), tmp_path)
    assert seen.says.startswith("Person 7 is number 7 of the 12 signatures of “Night buses")
    expect(page.get_by_role("heading", name="This receipt holds")).to_be_visible()
    otherwise = re.sub(rb'("(?:index|count)": \d+)', rb"\1.0", receipt_of(packages.sound, 6))
    assert expect_the_same(page, otherwise, tmp_path).says == seen.says


def test_receipts_that_prove_nothing_are_refused(
    page: Page, packages: Packages, tmp_path: Path
) -> None:
    receipt = json.loads(receipt_of(packages.sound, 6))
    wrong = {
        "somebody else's root": receipt | {"statement": json.loads(packages.others.statement)},
        "another row": receipt | {"row": ["7", "Somebody", "", "GB", "2026-03-01", ""]},
        "another place": receipt | {"index": 5},
        "no salt": receipt | {"salt": ""},
        "no row": receipt | {"row": None},
        "another kind": receipt | {"format": "x"},
        "a path that is no list": receipt | {"path": dict.fromkeys(receipt["path"])},
        "more beside its statement": receipt | {"statement": receipt["statement"] | {"a": 1}},
        "nothing": {},
    }
    for what, document in wrong.items():
        assert expect_the_same(page, json.dumps(document).encode(), tmp_path).tone == "bad", what
    strangers = expect_the_same(page, receipt_of(packages.strangers, 6), tmp_path)
    assert strangers.problems[0].startswith("its statement was sealed with the key")
    expect_the_same(page, b"{" * 100, tmp_path)


def test_what_is_encrypted_must_be_decrypted_first(page: Page) -> None:
    seen = put(page, b"age-encryption.org/v1\n...", "package.zip.age")
    assert (seen.tone, seen.problems) == ("unsure", [])
    assert seen.says.endswith("decrypt it with the key of the office (age) first.")
