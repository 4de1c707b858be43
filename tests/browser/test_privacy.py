"""Nothing is told to anybody else, and nothing is left behind.

That no page makes a request to another site, sets a cookie or breaks the policy is looked at after
every test of this folder (see the fixture `visit`); here is what that rests on.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visit
from tests.browser.stage import CAMPAIGN, Stage
from tests.browser.watching import Watch

# What somebody might smuggle into a page, and the directive that stops it.
INTRUDERS = {
    "script-src": "const s = document.createElement('script'); s.textContent = '1'; "
    "document.body.append(s)",
    "style-src": "document.body.setAttribute('style', 'color: red')",
    "img-src": "new Image().src = 'https://elsewhere.example/pixel.gif'",
    "connect-src": "fetch('https://elsewhere.example/').catch(() => {})",
    "form-action": "const f = document.createElement('form'); document.body.append(f); "
    "f.action = 'https://elsewhere.example/'; f.submit()",
}


@pytest.mark.parametrize("directive", INTRUDERS)
def test_the_policy_stops_what_does_not_belong(
    browser: Browser, stage: Stage, directive: str
) -> None:
    with browser.new_context() as context:
        watch = Watch(context, stage.site.base)
        page = context.new_page()
        page.goto(stage.site.base + CAMPAIGN)
        assert watch.found() == []
        with page.expect_console_message(lambda message: message.text.startswith("CSP: ")):
            page.evaluate(INTRUDERS[directive])
        assert any(
            complaint.split("CSP: ")[-1].startswith(directive) for complaint in watch.found()
        )


def test_a_visit_leaves_nothing_in_the_browser(visit: Visit) -> None:
    page = visit(CAMPAIGN)
    page.goto("/articles/the-last-bus-home")
    state = page.context.storage_state(indexed_db=True)
    assert state == {"cookies": [], "origins": []}


def test_the_address_of_a_confirmation_is_told_to_no_other_site(visit: Visit, stage: Stage) -> None:
    page = visit(stage.links["pending"])
    assert page.evaluate("fetch(location).then(r => r.headers.get('Referrer-Policy'))") in (
        "same-origin",
        "no-referrer",
    )
