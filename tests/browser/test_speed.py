"""Pages are light and stand still. How fast they are is measured, and left to the reader."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.speed import PAGES, measured
from tests.browser.stage import Stage
from tests.browser.test_weight import MOST_BYTES, MOST_REQUESTS


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light_stands_still_and_asks_nobody_else(
    browser: Browser, stage: Stage, path: str
) -> None:
    found = measured(browser, stage.site.base, path)
    assert 2 <= found.requests <= MOST_REQUESTS
    assert 0 < found.bytes <= MOST_BYTES
    assert found.elsewhere == 0
    assert found.lcp > 0
    assert found.cls < 0.01
