"""verify.html on the disk, what an office may hold in its hands, and how to read the verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from campaign.delivery import verifier
from campaign.delivery.keyring import PublicKey
from tests.delivery.sealed import KEY, NOW, OTHER, Made, make_package, make_package_without_root


class Packages(NamedTuple):
    """What an office may hold in its hands."""

    sound: Made
    others: Made
    strangers: Made
    first_format: Path


class Seen(NamedTuple):
    """What the page says."""

    tone: str
    problems: list[str]
    says: str


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = tmp_path_factory.mktemp("sealed")
    return Packages(
        make_package(folder / "sound"),
        make_package(folder / "others"),
        make_package(folder / "strangers", key=OTHER),
        make_package_without_root(folder / "first"),
    )


@pytest.fixture(scope="module")
def verify_html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "verify.html"
    keys = [PublicKey(KEY.public_key(), NOW)]
    path.write_text(verifier.page("Groundswell", "https://campaign.example", keys))
    return path


@pytest.fixture(scope="module")
def offline(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a network. Afterwards nothing may have been asked for or complained of."""
    context = browser.new_context(offline=True, reduced_motion="reduce")
    asked: list[str] = []
    said: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    context.route(re.compile("^(?!file:|data:)"), refuse)
    context.on("console", lambda message: said.append(message.text))
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield context
    context.close()
    assert (asked, said) == ([], [])


def put(page: Page, data: bytes, name: str = "suspect.zip") -> Seen:
    """Choose a file, and read the verdict."""
    payload = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.locator("#file").set_input_files(payload)  # type: ignore[arg-type]
    return read(page)


def read(page: Page) -> Seen:
    verdict = page.locator("#verdict")
    expect(verdict).to_be_visible()
    tone = re.search(r"verdict-(\w+)", verdict.get_attribute("class") or "")
    assert tone
    return Seen(
        tone[1],
        page.locator("#verdict .lines li").all_text_contents(),
        page.locator(".verdict-words p").first.text_content() or "",
    )
