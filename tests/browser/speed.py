"""How fast pages are on a slow telephone in a slow network, beside one made with a framework.

    python -m tests.browser.speed

Measures the campaign's page, an article and home, and the campaign's page once more dressed in
Bootstrap, when npm can fetch that. Writes build/speed.md.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import running_browser
from tests.browser.framework import dressed
from tests.browser.stage import CAMPAIGN, prepare
from tests.support.site import ROOT, running_site

REPORT = ROOT / "build" / "speed.md"
PAGES = (CAMPAIGN, "/articles/the-last-bus-home", "/")
ROUNDS = 5
# Slow 4G as Lighthouse has it, and a processor four times slower than this machine's.
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
_WHEN = """
() => new Promise(resolve => {
  const found = { lcp: 0, cls: 0, calm: 0 };
  const watch = (type, see) =>
    new PerformanceObserver(list => list.getEntries().forEach(see))
      .observe({ type, buffered: true });
  watch('largest-contentful-paint', one => { found.lcp = one.startTime });
  watch('layout-shift', one => { found.cls += one.value });
  watch('longtask', one => { found.calm = one.startTime + one.duration });
  const [page] = performance.getEntriesByType('navigation');
  setTimeout(() => resolve([found.lcp, found.cls, Math.max(found.calm, page.domInteractive)]), 600);
})
"""


@dataclass(frozen=True)
class Measured:
    """One visit with nothing in the cache. Times in milliseconds from the click."""

    requests: float
    bytes: float
    lcp: float
    cls: float
    interactive: float
    elsewhere: float


def measured(browser: Browser, base: str, path: str) -> Measured:
    """Visit `path` of the site at `base` as somebody with a slow telephone does."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
    page = context.new_page()
    urls: list[str] = []
    received: list[float] = []
    network = context.new_cdp_session(page)
    network.on("Network.requestWillBeSent", lambda e: urls.append(e["request"]["url"]))
    network.on("Network.loadingFinished", lambda e: received.append(e["encodedDataLength"]))
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW_4G)
    network.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(base + path, wait_until="networkidle")
    lcp, cls, interactive = page.evaluate(_WHEN)
    context.close()
    elsewhere = sum(not url.startswith((f"{base}/", "data:")) for url in urls)
    return Measured(len(urls), sum(received), lcp, cls, interactive, elsewhere)


def typical(rounds: Iterable[Measured]) -> Measured:
    """The median of each figure."""
    return Measured(*(statistics.median(one) for one in zip(*map(astuple, rounds), strict=True)))


def report(found: dict[str, Measured], note: str = "") -> str:
    """A table of what was measured, as Markdown."""
    heads = [field.name for field in fields(Measured)]
    lines = [
        "# Speed",
        "",
        "Slow 4G (1.6 Mbit/s, 150 ms), a processor slowed down four times, 390 by 844 px, nothing",
        "in the cache. Bytes as they travel; milliseconds from the click; `elsewhere`: to others.",
        "",
        f"| page | {' | '.join(heads)} |",
        f"|---|{'---:|' * len(heads)}",
    ]
    for name, one in found.items():
        figures = (f"{v:.4f}" if k == "cls" else f"{v:,.0f}" for k, v in vars(one).items())
        lines.append(f"| {name} | {' | '.join(figures)} |")
    return "\n".join([*lines, "", *([note, ""] if note else [])])


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        running_browser() as browser,
        running_site(Path(name), SMTP_URL="", WEB_WORKERS="1") as site,
    ):
        prepare(site, Path(name))
        found = {path: _often(browser, site.base, path) for path in PAGES}
        note = "Bootstrap could not be fetched from npm, so there is no comparison."
        with dressed(site.get(CAMPAIGN).text) as base:
            if base:
                found["the campaign, dressed in Bootstrap"] = _often(browser, base, "/")
                note = "Bootstrap: the same content, with its style sheet and its script."
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report(found, note))
    sys.stdout.write(REPORT.read_text())


def _often(browser: Browser, base: str, path: str) -> Measured:
    return typical([measured(browser, base, path) for _ in range(ROUNDS)])


if __name__ == "__main__":
    main()
