"""The supporter's minute in each language, with nothing left in another."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from campaign.languages import DEFAULT, NAMES, direction, local_number, speaking, translations
from tests.browser.conftest import Visit
from tests.browser.stage import CAMPAIGN, Stage, link_in, mail_to
from tests.browser.test_pages import expect_usable
from tests.support.speaking import english_left

OTHERS = [code for code in NAMES if code != DEFAULT]


def expect_spoken(page: Page, code: str) -> None:
    root = page.locator("html")
    expect(root).to_have_attribute("lang", code)
    expect(root).to_have_attribute("dir", direction(code))
    assert english_left(page.locator("body").inner_text(), code) == []
    expect_usable(page)


@pytest.mark.parametrize("code", OTHERS)
def test_a_supporter_signs_confirms_and_reads_in_their_language(
    visit: Visit, stage: Stage, code: str
) -> None:
    words = translations(code).gettext
    email = f"supporter@{code}.example"
    page = visit(f"/{code}{CAMPAIGN}", width=390)
    expect_spoken(page, code)
    page.get_by_label(words("Your name")).fill("Ines Duarte")
    page.get_by_label(words("Email address")).fill(email)
    page.locator("#field-country").select_option("PT")
    page.locator("#field-consent").check()
    page.get_by_role("button", name=words("Sign this pledge")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words("Check your email"))
    assert page.url.endswith(f"/{code}{CAMPAIGN}/check-email")
    expect_spoken(page, code)

    mail = mail_to(stage.site, email)[1]
    page.goto(link_in(mail))
    assert f"/{code}/confirm/" in page.url
    expect_spoken(page, code)
    page.get_by_role("button", name=words("Yes, count my signature")).click()
    number = stage.site.rows(
        "SELECT count(*) FROM signature s JOIN campaign c ON c.id = s.campaign_id"
        " WHERE c.slug = 'night-buses' AND s.state = 'confirmed'"
    )[0][0]
    with speaking(code):
        figure = local_number(int(number))
    thanks = words("Thank you. You are number %(n)s.") % {"n": figure}
    expect(page.get_by_role("heading", level=1)).to_have_text(thanks)
    expect_spoken(page, code)


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("path", ["/", "/campaigns", "/articles", "/privacy", "/nothing-here"])
def test_pages_speak_one_language(visit: Visit, code: str, path: str) -> None:
    page = visit(f"/{code}{path}", width=390, dark=True)
    expect_spoken(page, code)
    # Every address of ours stays in the language, but those that are the same for everybody.
    links = page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.getAttribute('href'))")
    ours = re.compile(rf"/({code}|en|es|fr|ar)(/|$)|/verify\.html|/dev/|/feed\.atom")
    assert [link for link in links if not ours.match(link)] == []
