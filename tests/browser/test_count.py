"""A campaign's count keeps itself up to date, quietly, until somebody pauses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.looking import accessibility
from tests.browser.stage import CAMPAIGN, Stage

EVERY = 15_000
COUNT = f"**{CAMPAIGN}/count.json"


@pytest.fixture
def page(browser: Browser, stage: Stage) -> Iterator[Page]:
    """The campaign's page, whose clock the test turns on."""
    context = browser.new_context(base_url=stage.site.base)
    page = context.new_page()
    page.clock.install()
    page.goto(CAMPAIGN)
    yield page
    context.close()


def answer(page: Page, count: int) -> None:
    """Have the next answers say so many, in words with figures as another language writes them."""
    words = f"{count // 1000}.{count % 1000:03} personas han firmado"
    found = {"campaign": "night-buses", "count": count, "goal": 5000, "words": words}

    def fulfil(route: Route) -> None:
        route.fulfill(json=found)

    page.unroute(COUNT)
    page.route(COUNT, fulfil)


def test_number_and_bar_move_while_one_looks(page: Page) -> None:
    answer(page, 4321)
    page.clock.fast_forward(EVERY)
    expect(page.locator(".tally .figure")).to_have_text("4.321")
    expect(page.locator(".tally .signed")).to_have_text("4.321 personas han firmado")
    assert page.locator(".tally progress").evaluate("bar => bar.value") == 4321
    assert accessibility(page) == []


def test_words_without_a_figure_are_shown_as_well(page: Page) -> None:
    found = {"campaign": "night-buses", "count": 2, "goal": 5000, "words": "وقّع شخصان"}
    page.route(COUNT, lambda route: route.fulfill(json=found))
    page.clock.fast_forward(EVERY)
    expect(page.locator(".tally .signed")).to_have_text("وقّع شخصان")
    assert page.locator(".tally progress").evaluate("bar => bar.value") == 2
    answer(page, 4321)
    page.clock.fast_forward(EVERY)
    expect(page.locator(".tally .figure")).to_have_text("4.321")


def test_it_is_said_aloud_once_a_minute_at_most(page: Page) -> None:
    said = page.locator(".tally [aria-live=polite]")
    for minutes, (count, words) in enumerate([(4001, ""), (4002, "4.002 personas han firmado")]):
        answer(page, count)
        page.clock.fast_forward(minutes * 60_000 + EVERY)
        expect(page.locator(".tally .figure")).to_have_text(f"4.00{count % 10}")
        expect(said).to_have_text(words)


def test_it_can_be_paused_and_goes_on(page: Page) -> None:
    before = page.locator(".tally .figure").inner_text()
    page.get_by_role("button", name="Pause live count").click()
    answer(page, 4321)
    page.clock.fast_forward(10 * EVERY)
    expect(page.locator(".tally .figure")).to_have_text(before)
    page.get_by_role("button", name="Resume live count").click()
    page.clock.fast_forward(EVERY)
    expect(page.locator(".tally .figure")).to_have_text("4.321")


def test_a_network_that_is_away_changes_nothing(page: Page) -> None:
    before = page.locator(".tally .figure").inner_text()
    page.route(COUNT, lambda route: route.abort())
    page.clock.fast_forward(EVERY)
    expect(page.locator(".tally .figure")).to_have_text(before)
    answer(page, 4321)
    page.clock.fast_forward(EVERY)
    expect(page.locator(".tally .figure")).to_have_text("4.321")


def test_the_real_count_is_asked_for(page: Page) -> None:
    with page.expect_response(COUNT) as asked:
        page.clock.fast_forward(EVERY)
    assert asked.value.ok


def test_without_javascript_there_is_nothing_to_pause(visit: Visit) -> None:
    page = visit(CAMPAIGN, javascript=False)
    expect(page.locator(".tally .figure")).to_be_visible()
    expect(page.locator(".live")).to_be_hidden()
