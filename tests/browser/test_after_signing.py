"""The minute after signing, with scripts and without."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.stage import CAMPAIGN, Stage, link_in, mail_to
from tests.browser.test_pages import expect_usable

FROM = "?from=share-whatsapp"
KEY = "groundswell.sign.night-buses"
STATE = "SELECT state, source, name, comment FROM signature WHERE email = %s"


def fill_in(page: Page, email: str) -> None:
    page.get_by_label("Your name").fill("Ines Duarte")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Country", exact=True).select_option(label="Portugal")
    page.get_by_role("textbox", name="Postcode").fill("1100148")
    page.get_by_text("Say why it matters").click()
    page.get_by_label("Your comment").fill("For the last shift.")
    page.get_by_label("Pass my signature").check()


def kept(page: Page) -> dict[str, object] | None:
    """What the tab remembers."""
    found = page.evaluate("key => sessionStorage.getItem(key)", KEY)
    return json.loads(found) if found else None


def confirm(page: Page, stage: Stage, email: str) -> None:
    page.goto(link_in(mail_to(stage.site, email)[1]))
    page.get_by_role("button", name="Yes, count my signature").click()


def test_a_supporter_corrects_the_address_confirms_and_signs_the_next(
    visit: Visit, stage: Stage
) -> None:
    page = visit(CAMPAIGN + FROM)
    fill_in(page, "ines@gmial.com")
    page.get_by_label("Email address").blur()
    expect(page.get_by_text("Did you mean ines@gmail.com?")).to_be_visible()
    page.get_by_role("button", name="Sign this pledge").click()

    expect(page.get_by_text("We wrote to ines@gmial.com.")).to_be_visible()
    expect_usable(page)
    # Nobody has to wait for a mail that cannot come.
    right = "ines.duarte@gmail.com"
    page.get_by_label("Email address").fill(right)
    page.get_by_role("button", name="Send it to this address").click()
    expect(page.get_by_text(f"We wrote to {right}.")).to_be_visible()
    expect(page.get_by_role("link", name="Gmail")).to_be_visible()
    expect(page.get_by_role("link", name="Proton")).to_be_hidden()
    given = ("from=share-whatsapp", "Ines Duarte", "For the last shift.")
    assert stage.site.rows(STATE, right) == [("pending", *given)]

    confirm(page, stage, right)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"Thank you\. You are number [\d,]+\.")
    )
    assert kept(page) is None
    expect_ways_to_share(page)
    expect_usable(page)
    page.get_by_role("button", name="Read it and sign").click()
    expect(page.get_by_label("Email address")).to_have_value(right)
    expect(page.get_by_role("textbox", name="Postcode")).to_have_value("1100-148")
    expect(page.get_by_label("Pass my signature")).not_to_be_checked()
    expect(page.get_by_label("Your comment")).to_have_value("")
    page.get_by_label("Pass my signature").check()
    page.get_by_role("button", name="Sign this pledge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    assert [row[1] for row in stage.site.rows(STATE, right)] == [
        "from=share-whatsapp",
        "from=next-campaign",
    ]


def expect_ways_to_share(page: Page) -> None:
    share = page.get_by_role("region", name="Would a friend sign too?")
    for name in ("WhatsApp", "Telegram", "Email", "X", "Bluesky", "Mastodon"):
        link = share.get_by_role("link", name=name, exact=True)
        assert f"{CAMPAIGN}?from=share-{name.lower()}" in unquote(link.get_attribute("href") or "")
    share.get_by_text("Show a QR code").click()
    expect(share.get_by_role("img", name="QR code of").first).to_be_visible()
    expect(share.get_by_role("textbox")).to_have_value(re.compile(rf"{CAMPAIGN}\?from=share$"))


def test_what_could_not_be_sent_is_still_there(visit: Visit) -> None:
    page = visit(CAMPAIGN)
    fill_in(page, "ines@example.org")
    busy = "<!doctype html><title>Busy</title>"
    page.route("**/sign", lambda route: route.fulfill(body=busy, content_type="text/html"))
    page.get_by_role("button", name="Sign this pledge").click()
    expect(page).to_have_title("Busy")
    page.goto(CAMPAIGN)
    expect(page.get_by_label("Your name")).to_have_value("Ines Duarte")
    expect(page.get_by_label("Your comment")).to_have_value("For the last shift.")


def test_a_hint_does_not_move_what_is_being_tapped(visit: Visit) -> None:
    page = visit(CAMPAIGN, width=390)
    page.get_by_label("Email address").press_sequentially("ines@gmail.con")
    box = page.get_by_label("Pass my signature")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place
    page.mouse.click(place["x"] + 5, place["y"] + 5, delay=60)
    expect(box).to_be_checked()
    expect(page.get_by_text("Did you mean ines@gmail.com?")).to_be_visible()


def test_all_of_it_works_without_javascript(visit: Visit, stage: Stage) -> None:
    email = "joao@example.org"
    page = visit(CAMPAIGN, javascript=False)
    fill_in(page, email)
    page.get_by_role("button", name="Sign this pledge").click()
    expect(page.get_by_text("We wrote to")).to_be_hidden()
    stage.site.rows("DELETE FROM mail_allowance")  # As if ten minutes had passed.
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    expect(page.get_by_text("the message is on its way again")).to_be_visible()
    mail_to(stage.site, email, which=2)

    confirm(page, stage, email)
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are number")
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    expect_ways_to_share(page)
    page.get_by_role("button", name="Read it and sign").click()
    expect(page.get_by_label("Your name")).to_have_value("Ines Duarte")


def test_a_draft_outlives_a_reload_but_not_an_hour(visit: Visit) -> None:
    page = visit(CAMPAIGN)
    fill_in(page, "draft@example.org")
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value("For the last shift.")
    expect(page.get_by_label("Country", exact=True)).to_have_value("PT")
    # Agreeing is done on purpose, each time.
    expect(page.get_by_label("Pass my signature")).not_to_be_checked()
    page.evaluate(
        "key => { const kept = JSON.parse(sessionStorage[key]); kept.at -= 3600001;"
        " sessionStorage[key] = JSON.stringify(kept); }",
        KEY,
    )
    page.reload()
    expect(page.get_by_label("Your name")).to_have_value("")
    assert kept(page) is None


def test_what_was_signed_is_not_put_into_the_form_for_the_next_person(visit: Visit) -> None:
    page = visit(CAMPAIGN)
    fill_in(page, "first@example.org")
    page.get_by_role("button", name="Sign this pledge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    page.goto(CAMPAIGN)
    expect(page.get_by_label("Your name")).to_have_value("")


def test_the_country_is_guessed_where_the_browser_names_one(visit: Visit) -> None:
    page = visit(CAMPAIGN, locale="pt-BR")
    expect(page.get_by_label("Country", exact=True)).to_have_value("BR")
    page = visit(CAMPAIGN, locale="en-US", timezone_id="Europe/Lisbon")
    expect(page.get_by_label("Country", exact=True)).to_have_value("")


def test_the_button_to_share_is_there_where_the_browser_can(visit: Visit) -> None:
    page = visit(f"{CAMPAIGN}/signed")
    share = page.get_by_role("button", name="Share", exact=True)
    expect(share).to_be_hidden()
    page.context.add_init_script(
        "navigator.share = given => { window.shared = given; return Promise.resolve(); }"
    )
    page.reload()
    share.click()
    assert str(page.evaluate("shared.url")).endswith(f"{CAMPAIGN}?from=share-app")


def test_the_link_is_copied(visit: Visit) -> None:
    page = visit(f"{CAMPAIGN}/signed", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"{CAMPAIGN}?from=share")


def test_every_tab_forgets_what_was_typed_once_it_is_confirmed(visit: Visit, stage: Stage) -> None:
    email = "tabs@example.org"
    page = visit(CAMPAIGN)
    fill_in(page, email)
    page.get_by_role("button", name="Sign this pledge").click()
    expect(page.get_by_text(f"We wrote to {email}.")).to_be_visible()
    confirm(page.context.new_page(), stage, email)
    expect(page.get_by_text("We wrote to")).to_be_hidden()
    assert kept(page) is None


def test_a_mistake_does_not_lose_where_a_supporter_came_from(visit: Visit, stage: Stage) -> None:
    email = "mistaken@example.org"
    page = visit(CAMPAIGN + FROM)
    fill_in(page, email)
    page.get_by_role("textbox", name="Postcode").fill("1")
    page.get_by_role("button", name="Sign this pledge").click()
    page.get_by_role("textbox", name="Postcode").fill("1100")
    page.get_by_role("button", name="Sign this pledge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    assert stage.site.rows(STATE, email)[0][1] == "from=share-whatsapp"
