"""Lead pictures: the lightest that fits, and nothing lost to whoever has pictures switched off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from campaign.content.pictures import AVIF, SMALL, WEBP, encoded, fitted
from tests.browser.chromium import launched
from tests.browser.conftest import Visit, visiting
from tests.browser.stage import CAMPAIGN, Stage
from tests.browser.test_after_signing import confirm, fill_in
from tests.browser.test_pages import expect_usable
from tests.support.site import Site

PICTURED = "/campaigns/reached"
ARTICLE = "/articles/the-last-bus-home"
WORDS = "A tram at dusk, with its lights on"


@pytest.fixture(scope="module")
def pictured(stage: Stage) -> Iterator[str]:
    """The name of a picture that one campaign and one article have meanwhile."""
    sha256 = _stored(stage.site)
    _lead_with(stage.site, sha256, WORDS)
    yield sha256.hex()
    _lead_with(stage.site, None, "")
    stage.site.rows("DELETE FROM picture")


def _lead_with(site: Site, sha256: bytes | None, words: str) -> None:
    for table, slug in (("campaign", "reached"), ("article", "the-last-bus-home")):
        query = f"UPDATE {table} SET picture_sha256 = %s, picture_alt = %s WHERE slug = %s"
        site.rows(query, sha256, words, slug)


def _stored(site: Site) -> bytes:
    large = Image.linear_gradient("L").resize((1280, 720)).convert("RGB")
    small = fitted(large, SMALL)
    files = [encoded(size, how) for how in (WEBP, AVIF) for size in (large, small)]
    sha256 = hashlib.sha256(files[0]).digest()
    site.rows(
        "INSERT INTO picture (sha256, width, height, large, small, large_avif, small_avif,"
        " created_by) VALUES (%s, 1280, 720, %s, %s, %s, %s, 'ada')",
        *(sha256, *files),
    )
    return sha256


@pytest.fixture
def visit_without_pictures(browser: Browser, stage: Stage) -> Iterator[Visit]:
    blind = launched(browser.browser_type, "--blink-settings=imagesEnabled=false")
    with visiting(blind, stage) as open_page:
        yield open_page
    blind.close()


@pytest.mark.parametrize(("width", "scale", "size"), [(390, 1, "-small"), (390, 3, "")])
def test_a_browser_takes_the_lightest_picture_that_fits(
    visit: Visit, pictured: str, width: int, scale: int, size: str
) -> None:
    page = visit(PICTURED, width=width, device_scale_factor=scale)
    photo = page.get_by_role("img", name=WORDS)
    photo.scroll_into_view_if_needed()
    expect(photo).to_have_js_property("complete", value=True)
    assert photo.evaluate("photo => photo.naturalWidth") > 0
    assert photo.evaluate("photo => photo.currentSrc").endswith(f"{pictured}{size}.avif")


@pytest.mark.parametrize("path", ["/campaigns", "/articles", ARTICLE, PICTURED])
def test_a_page_can_be_used_without_pictures(
    visit_without_pictures: Visit, pictured: str, path: str
) -> None:
    page = visit_without_pictures(path, width=390)
    photo = page.locator("img.photo").first
    assert photo.evaluate("photo => photo.naturalWidth") == 0
    if path in (ARTICLE, PICTURED):  # In a list the title beside it says what there is to say.
        expect(page.get_by_role("img", name=WORDS)).to_be_visible()
    expect_usable(page)


def test_one_signs_and_confirms_without_pictures(
    visit_without_pictures: Visit, stage: Stage
) -> None:
    page = visit_without_pictures(CAMPAIGN, width=390)
    fill_in(page, "noor@example.org")
    page.get_by_role("button", name="Sign this pledge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    confirm(page, stage, "noor@example.org")
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are number")
