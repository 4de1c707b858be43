"""verify.html in everybody's hands: dropping, keyboard, old browsers, every screen."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_usable
from tests.browser.verifying import Packages, put, read
from tests.delivery.making import packed
from tests.delivery.matrix import MATRIX
from tests.delivery.sealed import receipt_of
from tests.delivery.tampering import zipped

NO_ED25519 = """
const refuse = () => Promise.reject(new DOMException("no Ed25519", "NotSupportedError"));
Object.defineProperty(SubtleCrypto.prototype, "importKey", { value: refuse });
"""
DROP = """
([name, data]) => {
  const carried = new DataTransfer();
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  carried.items.add(new File([bytes], name));
  const how = { dataTransfer: carried, bubbles: true, cancelable: true };
  for (const type of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, how));
}
"""


def test_without_ed25519_nothing_is_ever_green(
    offline: BrowserContext, verify_html: Path, packages: Packages
) -> None:
    page = offline.new_page()
    page.add_init_script(NO_ED25519)
    page.goto(verify_html.as_uri())
    seen = put(page, packages.sound.path.read_bytes())
    assert (seen.tone, seen.problems) == ("unsure", [])
    expect(page.get_by_role("heading", name="This browser cannot check the seal")).to_be_visible()
    assert put(page, receipt_of(packages.sound, 3), "receipt.json").tone == "unsure"
    files = packed(packages.sound.path)
    MATRIX["a changed cell of the CSV"][0](files)
    changed = put(page, zipped(files))
    assert changed.tone == "bad"
    assert "signatures.csv: number 7 was changed: name" in changed.problems
    expect_usable(page)


def test_a_file_may_be_dropped(
    offline: BrowserContext, verify_html: Path, packages: Packages
) -> None:
    page = offline.new_page()
    page.goto(verify_html.as_uri())
    data = base64.b64encode(packages.sound.path.read_bytes()).decode()
    page.evaluate(DROP, ["dropped.zip", data])
    seen = read(page)
    assert seen.tone == "good"
    assert seen.says.startswith("dropped.zip is exactly")


def test_a_file_may_be_chosen_with_the_keyboard(offline: BrowserContext, verify_html: Path) -> None:
    page = offline.new_page()
    page.goto(verify_html.as_uri())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the check")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Choose a file")).to_be_focused()
    page.bring_to_front()
    with page.expect_file_chooser():
        page.get_by_label("Choose a file").press("Enter")


@pytest.mark.parametrize("state", ["empty", "good", "bad", "wrong signer", "receipt", "encrypted"])
def test_the_page_can_be_used_by_everybody(
    offline: BrowserContext, verify_html: Path, packages: Packages, state: str
) -> None:
    files = packed(packages.sound.path)
    MATRIX["swapped files"][0](files)
    shown: dict[str, Callable[[], bytes]] = {
        "good": packages.sound.path.read_bytes,
        "bad": lambda: zipped(files),
        "wrong signer": packages.strangers.path.read_bytes,
        "receipt": lambda: receipt_of(packages.sound, 6),
        "encrypted": lambda: b"age-encryption.org/v1\n",
    }
    page = offline.new_page()
    page.goto(verify_html.as_uri())
    if state in shown:
        put(page, shown[state]())
    expect_usable(page)


def test_the_served_page_works_under_its_policy(visit: Visit, packages: Packages) -> None:
    page = visit("/verify.html")
    seen = put(page, packages.sound.path.read_bytes())
    assert seen.problems[0].startswith("it was sealed with the key")
