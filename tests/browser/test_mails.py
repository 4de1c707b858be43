"""The mails can be read by everybody, and their button and their address lead to one place."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import accessibility, measure
from tests.browser.stage import Stage, link_in, mail_to

# A mail stands inside the page of a mail program, which has the landmarks.
NO_LANDMARKS = {
    rule: {"enabled": False} for rule in ("region", "landmark-one-main", "page-has-heading-one")
}


@pytest.mark.parametrize("kind", ["confirm", "already-signed"])
def test_a_mail_can_be_read_by_everybody(visit: Visit, stage: Stage, kind: str) -> None:
    page = visit(f"/dev/mailbox/{stage.mails[kind]}/html")
    complaints = []
    for width in (390, 640):
        page.set_viewport_size({"width": width, "height": 900})
        complaints += measure(page)["overflow"]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            complaints += accessibility(page, rules=NO_LANDMARKS)
    assert complaints == []


def test_the_button_and_both_addresses_lead_to_one_page(visit: Visit, stage: Stage) -> None:
    _, mail = mail_to(stage.site, "pending@example.org")
    page = visit(f"/dev/mailbox/{stage.mails['confirm']}/html")
    link = link_in(mail)
    expect(page.get_by_role("link", name="Confirm my signature")).to_have_attribute("href", link)
    written_out = page.get_by_role("link", name=link)
    expect(written_out).to_have_attribute("href", link)
    expect(written_out).to_have_text(link)
    assert link.startswith(stage.site.base + "/confirm/")


def test_a_mail_looks_different_in_the_dark(visit: Visit, stage: Stage) -> None:
    page = visit(f"/dev/mailbox/{stage.mails['confirm']}/html")
    body = page.locator("body")
    expect(body).to_have_css("background-color", "rgb(255, 248, 239)")
    page.emulate_media(color_scheme="dark")
    expect(body).to_have_css("background-color", "rgb(23, 16, 25)")
