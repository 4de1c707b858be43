"""Everything can be done with the keyboard, and one always sees where one is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from campaign.languages import NAMES
from tests.browser.conftest import Visit
from tests.browser.stage import CAMPAIGN, Stage

# Remembers how everything looks while nothing is focused.
REMEMBER = """
() => {
  const marks = el => [el, el.closest('.card, .feature')].filter(Boolean).map(one => {
    const style = getComputedStyle(one);
    const outline = style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2
      ? '' : `${style.outlineWidth} ${style.outlineColor}`;
    return outline + (style.boxShadow === 'none' ? '' : style.boxShadow);
  }).join();
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary');
  const calm = new Map([...all].map(el => [el, marks(el)]));
  window.describeFocus = () => {
    const el = document.activeElement;
    if (el === document.body) return null;
    const box = el.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const name = el.labels?.[0] ?? el;
    return {
      name: name.textContent.trim().replace(/\\s+/g, ' '),
      marked: marks(el) !== '' && marks(el) !== calm.get(el),
      seen: top !== null && (el === top || el.contains(top) || top.contains(el)),
    };
  };
}
"""
FORM = [
    "Your name",
    "Email address",
    "Country",
    "Postcode (optional)",
    "Say why it matters to you (optional)",
    "Pass my signature",
    "Email me news",
    "Show my name",
    "Sign this pledge",
]


def stops(page: Page) -> Iterator[str]:
    """Tab on and on: the name of each stop. Fails where the focus cannot be seen."""
    page.evaluate(REMEMBER)
    while True:
        page.keyboard.press("Tab")
        stop = page.evaluate("describeFocus()")
        if stop is None:
            return
        assert stop["marked"], f"nothing shows that {stop['name']!r} has the focus"
        assert stop["seen"], f"{stop['name']!r} has the focus and lies under something"
        yield stop["name"]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/articles/the-last-bus-home", CAMPAIGN])
def test_the_focus_is_seen_at_every_stop(visit: Visit, path: str, width: int) -> None:
    walked = list(stops(visit(path, width=width)))
    assert walked[0] == "Skip to the main content"
    assert walked[-1] == list(NAMES.values())[-1]


def test_the_skip_link_leads_past_the_navigation(visit: Visit) -> None:
    page = visit(CAMPAIGN)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Pause live count")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Your name")).to_be_focused()


def test_a_pledge_is_signed_with_the_keyboard_alone(visit: Visit, stage: Stage) -> None:
    page = visit(CAMPAIGN)
    typed = {
        "Your name": "Ngozi Ó Briain",
        "Email address": "keys@example.org",
        "Country": "Nigeria",
        "Pass my signature": " ",
    }
    passed = []
    for name in stops(page):
        known = next((start for start in FORM if name.startswith(start)), None)
        passed += [known] if known else []
        if name == "Sign this pledge":
            break
        page.keyboard.type(typed.get(known or "", ""))
    assert passed == FORM
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{CAMPAIGN}/check-email")
    query = "SELECT name, country, updates, public FROM signature WHERE email = %s"
    found = stage.site.rows(query, "keys@example.org")
    assert found == [("Ngozi Ó Briain", "NG", False, False)]
