"""Every page in every state can be used by everybody, on any screen, by day and by night."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.looking import accessibility, enlarge_text, measure
from tests.browser.stage import CAMPAIGN, Stage, emptied
from tests.browser.states import EMPTY, STATES, show

COLOURS_ONLY = {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.mark.parametrize("state", STATES)
def test_a_page_can_be_used_by_everybody(visit: Visit, stage: Stage, state: str) -> None:
    expect_usable(show(visit, stage, state))


def test_an_empty_site_can_be_used_by_everybody(visit: Visit, stage: Stage) -> None:
    with emptied(stage.site):
        for path in EMPTY:
            page = visit(path)
            assert page.locator(".empty").count() == 1
            expect_usable(page)


def expect_usable(page: Page) -> None:
    """Look at the page on a desk and on a small telephone, by day and by night, and enlarged."""
    page.wait_for_load_state()  # A click waits until the next page has begun, not until it stands.
    found = {}
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found.update({f"{name} at {width} px": lines for name, lines in measure(page).items()})
        for scheme in ("light", "dark"):
            # The other rules see no colours: once for each width is enough.
            options = COLOURS_ONLY if (width, scheme) in ((1280, "dark"), (320, "light")) else {}
            page.emulate_media(color_scheme=scheme)
            found[f"axe at {width} px, {scheme}"] = accessibility(page, **options)
    found.update(mirrored(page))
    enlarge_text(page, 200)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        found.update(
            {f"{name} at {width} px, doubled": lines for name, lines in measure(page).items()}
        )
    enlarge_text(page, 100)  # For the pages that a story goes on to.
    lines = [f"{name}: {one}" for name, complaints in found.items() for one in complaints]
    assert not lines, "\n".join([page.url, *lines])


def mirrored(page: Page) -> dict[str, list[str]]:
    """What there is to complain of on the page as it stands in a language read from the right."""
    found = {}
    own = page.evaluate("document.documentElement.dir")
    page.evaluate("document.documentElement.dir = 'rtl'")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found.update({f"{name} at {width} px, rtl": lines for name, lines in measure(page).items()})
    page.evaluate("dir => { document.documentElement.dir = dir }", own)
    return found


@pytest.mark.parametrize("path", [CAMPAIGN, "/articles/the-last-bus-home"])
def test_a_page_is_printed_without_what_only_a_screen_can_do(visit: Visit, path: str) -> None:
    page = visit(path)
    page.emulate_media(media="print")
    for gone in ("button", "input", ".jump", ".share", "nav", "svg.art"):
        assert not any(one.is_visible() for one in page.locator(gone).all()), gone
    assert page.locator(".progress").first.is_visible()
    assert measure(page)["overflow"] == []
