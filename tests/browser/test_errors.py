"""A form that is wrong says so where it is heard and seen, and forgets nothing."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.stage import CAMPAIGN, Stage
from tests.browser.states import send_wrong

WRONG = ("name", "email", "consent")
RIGHT = ("country", "postcode", "comment", "updates", "public")


def wrong_form(visit: Visit) -> Page:
    page = visit(CAMPAIGN)
    send_wrong(page)
    return page


def test_the_summary_takes_the_focus_and_leads_to_each_field(visit: Visit) -> None:
    page = wrong_form(visit)
    assert page.title().startswith("Error: ")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    expect(summary.get_by_role("link")).to_have_count(len(WRONG))
    for number, name in enumerate(WRONG):
        summary.get_by_role("link").nth(number).click()
        expect(page.locator(f"#field-{name}")).to_be_focused()
        expect(page.locator(f"#field-{name}")).to_be_in_viewport()


def test_each_field_says_what_is_wrong_with_it(visit: Visit) -> None:
    page = wrong_form(visit)
    messages = page.get_by_role("alert").get_by_role("link").all_inner_texts()
    for name, message in zip(WRONG, messages, strict=True):
        field = page.locator(f"#field-{name}")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(f"{hint(page, name)}Error: {message}")
    for name in RIGHT:
        assert page.locator(f"#field-{name}").get_attribute("aria-invalid") is None


def hint(page: Page, name: str) -> str:
    found = page.locator(f"#hint-{name}")
    return f"{found.inner_text()} " if found.count() else ""


def test_what_was_typed_is_kept_and_can_be_put_right(visit: Visit, stage: Stage) -> None:
    page = wrong_form(visit)
    expect(page.get_by_label("Your name")).to_have_value("Zoë https://spam.example")
    expect(page.get_by_label("Email address")).to_have_value("zoe@")
    expect(page.get_by_label("Country", exact=True)).to_have_value("FR")
    expect(page.get_by_label("Your comment")).to_have_value("I walk home at two.")
    expect(page.get_by_label("Your comment")).to_be_visible()
    expect(page.get_by_label("email me")).to_be_checked()
    expect(page.get_by_label("Pass my signature")).not_to_be_checked()

    page.get_by_label("Your name").fill("Zoë Martin")
    page.get_by_label("Email address").fill("zoe.martin@example.org")
    page.get_by_label("Pass my signature").check()
    page.get_by_role("button", name="Sign this pledge").click()
    page.wait_for_url(f"**{CAMPAIGN}/check-email")
    query = "SELECT name, country, comment, updates, public FROM signature WHERE email = %s"
    found = stage.site.rows(query, "zoe.martin@example.org")
    assert found == [("Zoë Martin", "FR", "I walk home at two.", True, False)]
