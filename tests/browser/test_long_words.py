"""What people outside type as one endless word, on every page of the workspace that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign.links import make_token
from campaign.settings import from_environment
from tests.browser.looking import measure
from tests.browser.workspace import ADMIN, Workspace, sign_in
from tests.support.making import form

CAMPAIGN = "school-libraries"
STAFF = f"/staff/campaigns/{CAMPAIGN}"
DOMAIN = ".".join(["w" * 60] * 3 + ["example"])
SOURCE = "&".join(f"{name}={'W' * 60}" for name in ("from", "utm_source", "utm_campaign"))
NAME, COMMENT = "W" * 120, "W" * 1000
WIDTHS = "tables => tables.map(table => table.scrollWidth)"
PEOPLE = 5  # A domain of fewer is not named.


@pytest.fixture(scope="module")
def numbers(workspace: Workspace) -> list[int]:
    """Signatures of the longest words there can be, confirmed; one of them corrected."""
    site = workspace.site
    for number in range(PEOPLE):
        email = f"{number}{'w' * 40}@{DOMAIN}"
        fields = form(name=NAME, email=email, comment=COMMENT, public="y")
        assert site.post(f"/campaigns/{CAMPAIGN}/sign?{SOURCE}", fields).status == 303
    found = site.rows("SELECT id FROM signature WHERE name = %s ORDER BY id", NAME)
    ids = [number for (number,) in found]
    app = Flask("site")
    app.extensions["groundswell"] = from_environment(site.env)
    with app.app_context():
        links = [f"/confirm/{make_token('confirm', number)}" for number in ids]
        own = f"/mine/{make_token('mine', ids[0])}"
    assert [site.post(link).status for link in links] == [303] * PEOPLE
    sheet = site.data_dir / "long.csv"
    row = ",".join((NAME, "", "GB", "2026-03-01", COMMENT, f"p{'w' * 40}@{DOMAIN}"))
    sheet.write_text(f"name,postcode,country,signed_on,comment,email\n{row}\n")
    site.command("signatures", "import", CAMPAIGN, sheet, "--batch", "Long words")
    right = form(name=f"{NAME[1:]}V", comment=f"{COMMENT[1:]}V")
    assert site.post(f"{own}/correct", right).status == 303
    return ids


@pytest.fixture(scope="module")
def page(browser: Browser, workspace: Workspace, numbers: list[int]) -> Iterator[Page]:
    """A page of an admin, beside an alert about these signatures and an exclusion of them."""
    site = workspace.site
    site.rows(
        "INSERT INTO alert (campaign_id, kind, subject, since, signatures, usual)"
        " SELECT id, 'domain', %s, now(), 300, 2 FROM campaign WHERE slug = %s",
        DOMAIN,
        CAMPAIGN,
    )
    site.rows(
        "INSERT INTO exclusion_job (campaign_id, condition, reason, cut_off, maker, counted, state)"
        " SELECT id, jsonb_build_object('domain', %s::text, 'source', %s::text), %s, now(), %s, 5,"
        " 'cancelled' FROM campaign WHERE slug = %s",
        DOMAIN,
        SOURCE,
        "One domain, one minute, one pattern.",
        ADMIN,
        CAMPAIGN,
    )
    context = browser.new_context(base_url=workspace.base, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/staff/login")
    sign_in(page, ADMIN)
    page.wait_for_url(f"{workspace.base}/staff/")
    yield page
    context.close()
    site.rows("UPDATE alert SET dismissed_at = now(), dismissed_by = 'a test'")


PATHS = (
    "/staff/",
    STAFF,
    f"{STAFF}/signatures",
    f"{STAFF}/signatures/{{signature}}",
    f"{STAFF}/signatures/{{corrected}}",
    f"{STAFF}/signatures/comments",
    f"{STAFF}/signatures/exclusions",
    f"{STAFF}/signatures/exclusions/{{exclusion}}",
    f"{STAFF}/signatures/exclusions/preview?{urlencode({'domain': DOMAIN, 'source': SOURCE})}",
    f"{STAFF}/paper/{{batch}}",
    f"{STAFF}/paper/{{batch}}/{{row}}/erase",
    f"{STAFF}/deliveries/preview?official=noor-castellan-whitby",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_word_makes_a_page_wider_than_its_window(
    page: Page, workspace: Workspace, numbers: list[int], path: str
) -> None:
    named = {
        "corrected": numbers[0],
        "signature": numbers[1],
        "exclusion": workspace.site.value("SELECT max(id) FROM exclusion_job"),
        "batch": workspace.site.value("SELECT max(id) FROM paper_batch"),
        "row": workspace.site.value("SELECT max(id) FROM paper_signature"),
    }
    answer = page.goto(path.format(**named))
    assert answer
    assert answer.status == 200
    assert "wwwww" in page.content().lower()
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert measure(page)["overflow"] == []
        # A table is scrolled in its frame, but one word is no reason to.
        assert max(page.locator("table").evaluate_all(WIDTHS), default=0) < 1400
