"""The main job, as a reader does it whose browser runs no scripts."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.stage import CAMPAIGN, Stage, mail_to
from tests.local.processes import until

READER = "wren.adebayo@example.org"


def test_a_reader_signs_confirms_and_is_counted_without_javascript(
    visit: Visit, stage: Stage
) -> None:
    page = visit("/", javascript=False)
    page.get_by_role("link", name="The Last Bus Leaves at 23:40").click()
    take_action = page.get_by_role("complementary", name="Take action")
    take_action.get_by_role("link", name="Sign the pledge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Night buses for Merrowby")
    before = stage.site.get(f"{CAMPAIGN}/count.json").json["count"]

    sign(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    assert page.url == f"{stage.site.base}{CAMPAIGN}/check-email"

    open_mail(page, stage)
    page.get_by_role("link", name="/confirm/").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your signature")
    query = "SELECT state, source FROM signature WHERE email = %s"
    assert stage.site.rows(query, READER) == [("pending", "from=the-last-bus-home")]

    page.get_by_role("button", name="Yes, count my signature").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you. You are number")
    assert stage.site.rows(query, READER)[0][0] == "confirmed"
    assert until(lambda: counted(page) > before)
    assert counted(page) == before + 1


def test_an_article_keeps_its_action_at_hand_on_a_telephone(visit: Visit) -> None:
    page = visit("/articles/the-last-bus-home", width=390, javascript=False)
    at_hand = page.locator(".jump").get_by_role("link", name="Sign the pledge")
    page.get_by_role("heading", name="What a timetable decides").scroll_into_view_if_needed()
    expect(at_hand).to_be_in_viewport()
    page.get_by_role("complementary", name="Take action").scroll_into_view_if_needed()
    expect(at_hand).to_be_hidden()
    page.get_by_role("contentinfo").scroll_into_view_if_needed()
    expect(at_hand).not_to_be_in_viewport()


def sign(page: Page) -> None:
    page.get_by_label("Your name").fill("Wren Adebayo")
    page.get_by_label("Email address").fill(READER)
    page.get_by_label("Country", exact=True).select_option(label="Ireland")
    page.get_by_role("textbox", name="Postcode").fill("D01 F5P2")
    page.get_by_label("Pass my signature").check()
    page.get_by_role("button", name="Sign this pledge").click()


def open_mail(page: Page, stage: Stage) -> None:
    """Find the mail in the mailbox of the development site, as a newcomer does."""
    mail_to(stage.site, READER)
    page.get_by_role("link", name="Mailbox").click()
    mine = page.get_by_role("listitem").filter(has_text=READER)
    mine.get_by_role("link", name="Please confirm your signature").click()


def counted(page: Page) -> int:
    """The number on the page of thanks, looked at anew."""
    page.reload()
    text = page.locator(".progress").first.inner_text()
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))
