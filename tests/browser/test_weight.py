"""The page that goes viral is light enough for an old telephone in a tunnel."""

from __future__ import annotations

import gzip

from tests.browser.conftest import Visit
from tests.browser.stage import CAMPAIGN, Stage

MOST_BYTES = 30 * 1024
MOST_REQUESTS = 4


def test_the_campaign_page_weighs_less_than_30_kb(visit: Visit, stage: Stage) -> None:
    page = visit("/favicon.ico")
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    bytes_received: list[float] = []
    network.on("Network.loadingFinished", lambda e: bytes_received.append(e["encodedDataLength"]))
    page.goto(CAMPAIGN, wait_until="networkidle")
    # Without a window there is no tab to show the icon in, so it is not fetched.
    icon = len(gzip.compress(stage.site.get("/favicon.ico").body))
    assert 2 <= len(bytes_received) + 1 <= MOST_REQUESTS
    assert 0 < sum(bytes_received) + icon <= MOST_BYTES
