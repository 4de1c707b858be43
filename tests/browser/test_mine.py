"""A supporter's own page, as somebody uses it whose browser runs no scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.stage import CAMPAIGN, Stage, link_in, mail_to, sign
from tests.local.processes import until

OTTO = "ottoline@example.org"


def test_a_supporter_chooses_withdraws_and_erases_without_javascript(
    visit: Visit, stage: Stage
) -> None:
    site = stage.site
    sign(site, OTTO)
    link = link_in(mail_to(site, OTTO)[1])
    assert site.post(link).status == 303
    count = until(lambda: site.get(f"{CAMPAIGN}/count.json").json["count"])
    page = visit(link, javascript=False)
    page.get_by_role("link", name="the page of your signature").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your signature")
    page.get_by_role("button", name="Send me news").click()
    expect(page.get_by_role("status")).to_have_text("We will email you news about this campaign.")
    page.get_by_role("button", name="Show it publicly").click()
    expect(page.get_by_role("button", name="Stop showing it")).to_be_visible()
    expect(page.get_by_role("button", name="Stop the news")).to_be_visible()

    expect(page.get_by_role("button", name="Yes, withdraw it")).to_be_hidden()
    page.get_by_text("Withdraw my signature").click()
    page.get_by_role("button", name="Yes, withdraw it").click()
    expect(page.get_by_role("status")).to_contain_text("It no longer counts.")
    assert until(lambda: site.get(f"{CAMPAIGN}/count.json").json["count"] < count + 1)

    page.get_by_role("link", name="See what is erased").click()
    page.get_by_role("button", name="Erase everything now").click()
    expect(page.get_by_role("status")).to_have_text("Everything personal is erased.")
    expect(page.get_by_text(OTTO)).to_have_count(0)
    assert site.rows("SELECT id FROM signature WHERE email = %s", OTTO) == []


def test_a_supporter_corrects_and_reads_everything_without_javascript(
    visit: Visit, stage: Stage
) -> None:
    page = visit(stage.own["pending"], javascript=False)
    page.get_by_text("Correct your details").click()
    page.get_by_label("Your name").fill("x@example.org")
    page.get_by_label("Your comment").fill("I walk home at two.")
    page.get_by_role("button", name="Save what I corrected").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Your comment")).to_have_value("I walk home at two.")
    page.get_by_role("link", name="Enter a name without a web or email address.").click()
    page.get_by_label("Your name").fill("Zoë Nguyễn")
    page.get_by_role("button", name="Save what I corrected").click()
    expect(page.get_by_role("status")).to_have_text("Your details are corrected.")
    page.get_by_role("link", name="Read my data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data")
    expect(page.get_by_text("Comment, before: none")).to_be_visible()
    page.get_by_role("link", name="Back to your signature").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your signature")


def test_the_receipt_is_a_file_that_can_be_checked(
    visit: Visit, stage: Stage, tmp_path: Path
) -> None:
    page = visit(stage.own["confirmed"])
    expect(page.get_by_text("The office acknowledged them on")).to_be_visible()
    expect(page.get_by_text("The office has not acknowledged them yet.")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the receipt of delivery 1").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.name == "receipt-night-buses-1.json"
    assert json.loads(path.read_bytes())["format"] == "groundswell-receipt/1"


def test_the_printed_page_has_what_is_held_and_no_buttons(visit: Visit, stage: Stage) -> None:
    page = visit(stage.own["confirmed"])
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="What we hold")).to_be_visible()
    expect(page.get_by_role("heading", name="The text you signed")).to_be_visible()
    expect(page.get_by_role("heading", name="Erase")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
