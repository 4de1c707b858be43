"""Looks at a page: with axe, and with a ruler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page

_MEASURES = Path(__file__).with_name("measures.js").read_text()
_RUN_AXE = """
options => axe.run(document, { resultTypes: ['violations'], ...options }).then(results =>
  results.violations.flatMap(found => found.nodes.map(node =>
    `${found.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`)))
"""


def accessibility(page: Page, **options: object) -> list[str]:
    """Every violation that axe finds, one line an element. `options` are those of axe.run."""
    # Not as a script element: the site's policy refuses those, as it should.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_RUN_AXE, options)
    return found


def measure(page: Page) -> dict[str, list[str]]:
    """What the ruler finds, by measure: overflow, targets, brokenWords, selects."""
    found: dict[str, list[str]] = page.evaluate(_MEASURES)
    return found


def enlarge_text(page: Page, percent: int) -> None:
    """Set the text size of the browser itself, as a visitor does in its settings."""
    sizes: dict[str, Any] = {"standard": 16 * percent // 100, "fixed": 13 * percent // 100}
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})
