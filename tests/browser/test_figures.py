"""The figures of the workspace: they move while people sign, and everybody can read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import accessibility, measure
from tests.browser.stage import CONTENT, Stage, sign
from tests.support.making import form

PAGE = "/staff/campaigns/night-buses"
EMAIL, PASSWORD = "olu@example.org", "a long enough password"
QUIET = "quiet"  # A campaign that nobody has signed.


@pytest.fixture(scope="module")
def state(browser: Browser, stage: Stage) -> Iterator[dict[str, object]]:
    """The cookies of an organiser who has signed in."""
    add = ("staff", "add", EMAIL, "--role", "organiser", "--password-stdin")
    stage.site.command(*add, says=f"{PASSWORD}\n")
    context = browser.new_context(base_url=stage.site.base)
    page = context.new_page()
    page.goto("/staff/login")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Campaigns")
    yield dict(context.storage_state())
    context.close()


def open_page(browser: Browser, stage: Stage, state: dict[str, object], path: str) -> Page:
    options = {"base_url": stage.site.base, "storage_state": state, "reduced_motion": "reduce"}
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    page.goto(path)
    return page


def test_counts_move_while_people_sign_until_somebody_pauses(
    browser: Browser, stage: Stage, state: dict[str, object]
) -> None:
    page = open_page(browser, stage, state, PAGE)
    submitted = page.locator("[data-live=equation] .term-whole dd").first
    before = int(submitted.inner_text())
    sign(stage.site, "watched@example.org")
    expect(submitted).to_have_text(str(before + 1), timeout=15_000)
    page.get_by_role("button", name="Pause live figures").click()
    expect(page.locator("[data-live-said]")).to_have_text("Live figures are paused.")
    sign(stage.site, "unwatched@example.org")
    page.wait_for_timeout(5_000)  # Longer than between two looks.
    assert submitted.inner_text() == str(before + 1)
    page.get_by_role("button", name="Resume live figures").click()
    expect(submitted).to_have_text(str(before + 2), timeout=15_000)
    page.context.close()


@pytest.fixture
def quiet(stage: Stage, tmp_path: Path) -> Iterator[None]:
    """A campaign of its own, hidden afterwards: the others are signed by whichever story."""
    reached = (CONTENT / "campaign-reached.md").read_text()
    file = tmp_path / "quiet.md"
    file.write_text(reached.replace("slug: reached", f"slug: {QUIET}"))
    stage.site.command("campaigns", "import", file)
    yield
    stage.site.rows("UPDATE campaign SET state = 'draft' WHERE slug = %s", QUIET)


@pytest.mark.usefixtures("quiet")
def test_the_tables_of_a_campaign_fill_when_the_first_one_signs(
    browser: Browser, stage: Stage, state: dict[str, object]
) -> None:
    page = open_page(browser, stage, state, f"/staff/campaigns/{QUIET}")
    tables = page.locator(".lost .panel table")
    nobody = page.get_by_text("Nobody signed on these days.")
    expect(nobody).to_have_count(1 + 3)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert measure(page)["overflow"] == []
        assert accessibility(page) == []
    fields = form(email="first@example.org")
    assert stage.site.post(f"/campaigns/{QUIET}/sign", fields).status == 303
    expect(nobody).to_have_count(0, timeout=15_000)
    for number in range(3):
        expect(tables.nth(number).locator("tfoot")).to_contain_text("All")
    page.context.close()


@pytest.mark.parametrize("failure", ["unavailable", "offline"])
def test_figures_that_do_not_arrive_are_not_called_live(
    browser: Browser, stage: Stage, state: dict[str, object], failure: str
) -> None:
    page = open_page(browser, stage, state, PAGE)
    control, said = page.locator("[data-live-control]"), page.locator("[data-live-said]")
    expect(control).to_have_attribute("data-state", "live")
    expect(control).to_have_css("text-decoration-line", "none")  # It is no link.
    if failure == "offline":
        page.context.set_offline(True)
    else:
        page.route("**/staff/**", lambda route: route.fulfill(status=503))
    expect(said).to_have_text(re.compile(r"Not reached since \d\d:\d\d UTC"), timeout=15_000)
    shown = control.evaluate("control => getComputedStyle(control, '::before').content")
    assert said.inner_text() in shown or "data-says" in shown
    page.set_viewport_size({"width": 320, "height": 900})
    assert measure(page)["overflow"] == []
    page.context.set_offline(False)
    page.unroute_all()
    expect(said).to_have_text("Live figures are on.", timeout=15_000)
    expect(control).to_have_attribute("data-state", "live")
    page.context.close()


@pytest.mark.parametrize("path", ["/staff/", PAGE, f"{PAGE}?since=x", "/staff/campaigns/reached"])
def test_the_figures_can_be_read_by_everybody(
    browser: Browser, stage: Stage, state: dict[str, object], path: str
) -> None:
    page = open_page(browser, stage, state, path)
    for summary in page.locator("summary").all():
        summary.click()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert measure(page)["overflow"] == []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert accessibility(page) == []
    page.context.close()


def test_without_a_script_the_figures_stand_there(
    browser: Browser, stage: Stage, state: dict[str, object]
) -> None:
    context = browser.new_context(
        base_url=stage.site.base,
        storage_state=state,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(PAGE)
    expect(page.locator("[data-live=equation]")).to_contain_text("Submitted")
    expect(page.locator("[data-live-control]")).to_be_hidden()
    context.close()
