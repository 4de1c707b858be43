"""What people do in the workspace, from the first page to the last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from campaign.links import make_token
from campaign.settings import from_environment
from tests.browser.test_pages import expect_usable
from tests.browser.workspace import ADMIN, ORGANISER, Enter, Workspace
from tests.local.processes import until
from tests.support.making import form
from tests.support.site import Site

CAMPAIGN = "/staff/campaigns/clean-tamsel"
SIGNATURES = f"{CAMPAIGN}/signatures"
FAKES = 60
SUPPORTER = "wren.adebayo@example.org"
COMMENT = "My grandmother learned to swim here."
PATIENCE = 30_000  # Workers come by every few seconds.


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_an_organiser_publishes_a_campaign_and_an_article_that_visitors_find(
    enter: Enter, javascript: bool
) -> None:
    title = f"Benches for {'every' if javascript else 'each'} stop"
    page = enter("/staff/", email=ORGANISER, javascript=javascript)
    write_campaign(page, title)
    preview_and_save(page, title, "The campaign is saved.")
    write_article(page, title)
    preview_and_save(page, f"Standing, still: {title}", "The article is saved.")

    visitor = enter("/articles", javascript=javascript)
    found_after_a_while(visitor, f"Standing, still: {title}").click()
    take_action = visitor.get_by_role("complementary", name="Take action")
    expect(take_action).to_contain_text("Ask for a bench")
    take_action.get_by_role("link").first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(title)
    expect(visitor.get_by_role("button", name="Sign this pledge")).to_be_visible()
    expect(visitor.locator("main")).to_contain_text("a bench with a back")
    visitor.goto("/campaigns")
    expect(found_after_a_while(visitor, title)).to_be_visible()


def write_campaign(page: Page, title: str) -> None:
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("What is asked for").fill("Put a bench at every stop.")
    page.get_by_label("Goal").fill("500")
    page.get_by_label("Text of the pledge").fill("We ask for **a bench with a back** at each stop.")
    page.get_by_label("Official 1").select_option("ilse-okonjo-brandt")
    page.get_by_label("Open: can be signed").check()


def write_article(page: Page, campaign: str) -> None:
    page.get_by_role("link", name="Articles").click()
    page.get_by_role("link", name="New article").click()
    page.get_by_label("Title").fill(f"Standing, still: {campaign}")
    for name, words in (("Section", "Stories"), ("Topic", "Getting Around"), ("Author", "Ada O.")):
        page.get_by_label(name).fill(words)
    text = "He is eighty and waits on his feet.\n\nTake Action: Ask for a bench\n\nHe would sit."
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_label("Campaign it leads to").select_option(label=campaign)
    page.get_by_label("Published, from").check()


def preview_and_save(page: Page, title: str, said: str) -> None:
    """The preview is the real page; nothing is saved before “Save”."""
    page.get_by_role("button", name="Preview").click()
    preview = page.frame_locator("iframe[name=preview]")
    expect(preview.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".notices")).to_contain_text(said)


def found_after_a_while(page: Page, name: str) -> Locator:
    """The link of that name on a page that is kept for a moment."""
    link = page.get_by_role("link", name=name).first
    until(lambda: link.count() or not page.reload())
    return link


@pytest.fixture(scope="module")
def burst(workspace: Workspace) -> Workspace:
    """A supporter with something to say among sixty signatures of one domain, all confirmed."""
    site = workspace.site
    people = [form(name=f"Alex Fake {n}", email=f"a{n}@fakes.example") for n in range(FAKES)]
    people.append(form(name="Wren Adebayo", email=SUPPORTER, comment=COMMENT, public="y"))
    for fields in people:
        assert site.post("/campaigns/clean-tamsel/sign", fields).status == 303
    app = Flask("site")
    app.extensions["groundswell"] = from_environment(site.env)
    addresses = [fields["email"] for fields in people]
    signed = site.rows("SELECT id FROM signature WHERE email = ANY(%s)", addresses)
    with app.app_context():
        links = [f"/confirm/{make_token('confirm', number)}" for (number,) in signed]
    assert len(links) == FAKES + 1
    assert [site.post(link).status for link in links] == [303] * (FAKES + 1)
    return workspace


def test_an_admin_reads_a_signatures_story_and_approves_what_it_says(
    enter: Enter, burst: Workspace
) -> None:
    page = enter(SIGNATURES, email=ADMIN)
    page.get_by_label("Name or address").fill("wren")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Wren Adebayo").click()
    expect(page.get_by_role("region", name="What happened")).to_contain_text("Confirmed")
    expect(page.get_by_role("region", name="What was agreed to")).to_contain_text("Yes")
    expect(page.get_by_role("region", name="Mails", exact=True)).to_contain_text("confirm")
    expect_usable(page)

    visitor = enter("/campaigns/clean-tamsel")
    assert COMMENT not in visitor.content()
    page.goto(f"{SIGNATURES}/comments")
    expect_usable(page)
    page.get_by_role("button", name="Approve the chosen").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one comment")
    page.get_by_label(COMMENT).check()
    page.get_by_role("button", name="Approve the chosen").click()
    expect(page.locator(".notices")).to_contain_text("1 comment is approved.")
    until(lambda: visitor.reload() and COMMENT in visitor.content())
    expect(visitor.get_by_role("region", name="Why people sign")).to_contain_text("Wren Adebayo")


def test_an_admin_excludes_a_burst_of_fakes_and_undoes_it(enter: Enter, burst: Workspace) -> None:
    page = enter(CAMPAIGN, email=ADMIN)
    before = until(lambda: settled(burst.site, FAKES + 1))
    page.get_by_role("link", name="Signatures").click()
    page.get_by_label("Mail domain").fill("fakes.example")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Exclude all of these…").click()
    # What is being written at this moment is left out, for ten seconds.
    question = page.get_by_role("heading", level=1, name=f"Exclude {FAKES} signatures?")
    until(lambda: question.count() or not page.reload())
    expect_usable(page)
    page.get_by_label("Reason").fill("One domain, one minute, one pattern.")
    with held(burst.site, "EXCLUSIVE"):
        page.get_by_role("button", name=f"Exclude {FAKES}").click()
        expect(page.get_by_role("status")).to_contain_text(f"0 of {FAKES} excluded")
        expect_usable(page)
    # The page itself notices that it has ended.
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("status")).to_contain_text(f"{FAKES} of {FAKES} excluded")
    assert until(lambda: settled(burst.site, before - FAKES))
    expect_usable(page)

    page.get_by_role("button", name="Undo").click()
    page.get_by_label("Reason").fill("It was a school.")
    page.get_by_role("button", name="Undo").click()
    restored = page.get_by_text(f"{FAKES} of {FAKES} restored")
    expect(restored).to_be_visible(timeout=PATIENCE)
    assert until(lambda: settled(burst.site, before))
    page.goto(f"{SIGNATURES}/exclusions")
    expect(page.get_by_role("region", name="Exclusions")).to_contain_text("undone")
    expect_usable(page)


def test_an_alert_comes_to_a_dashboard_that_is_open_and_stays_until_dismissed(
    enter: Enter, workspace: Workspace
) -> None:
    page = enter("/staff/", email=ADMIN)
    alert = page.get_by_role("region", name="Signatures come in unusually fast")
    expect(alert).to_have_count(0)
    workspace.site.rows(
        "INSERT INTO alert (campaign_id, kind, subject, since, signatures, usual)"
        " SELECT id, 'domain', 'fakes.example', now(), 300, 2 FROM campaign"
        " WHERE slug = 'school-libraries'"
    )
    expect(alert).to_contain_text("300 from the domain fakes.example", timeout=PATIENCE)
    expect(page.locator("[data-live-said]")).to_contain_text("Signatures come in unusually fast.")
    # Its addresses are sealed anew in each answer, but nothing of it is new to its reader.
    link = alert.get_by_role("link", name="Look at them").element_handle()
    page.wait_for_timeout(9_000)
    assert link.evaluate("link => link.isConnected")
    alert.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".notices")).to_contain_text("The alert is dismissed.")
    expect(alert).to_have_count(0)


def test_an_admin_takes_an_export_out_and_an_organiser_cannot(
    enter: Enter, burst: Workspace, tmp_path: Path
) -> None:
    page = enter(f"{CAMPAIGN}/exports/new", email=ADMIN)
    page.get_by_label("What is it for?").fill("For the notary")
    with held(burst.site, "ACCESS EXCLUSIVE"):
        page.get_by_role("button", name="Order the export").click()
        expect(page.get_by_role("heading", name="Being made")).to_be_visible()
        expect_usable(page)
    # The page loads itself again when the file is there.
    download = page.get_by_role("link", name="Download CSV")
    expect(download).to_be_visible(timeout=PATIENCE)
    expect_usable(page)
    digest, lines = fetched(page, "Download CSV", tmp_path / "export.csv")
    expect(page.get_by_role("region", name="On record")).to_contain_text(digest)
    assert SUPPORTER not in lines
    assert "Wren Adebayo" in lines
    page.goto(f"{CAMPAIGN}/exports")
    expect(page.get_by_role("region", name="Exports")).to_contain_text("For the notary")
    expect_usable(page)

    number = burst.site.value("SELECT max(id) FROM export")
    guest = enter("/staff/", email=ORGANISER)
    for path in ("", "/new", f"/{number}", f"/{number}/file"):
        answer = guest.goto(f"{CAMPAIGN}/exports{path}")
        assert answer
        assert answer.status == 403
    expect_usable(guest)


def test_an_admin_requests_a_delivery_and_downloads_it(
    enter: Enter, burst: Workspace, tmp_path: Path
) -> None:
    page = enter(f"{CAMPAIGN}/deliveries", email=ADMIN)
    page.get_by_role("link", name="New delivery").click()
    if page.get_by_role("heading", name="For whom is it?").is_visible():
        page.get_by_role("main").get_by_role("listitem").get_by_role("link").last.click()
    page.get_by_role("button", name="Preview it").click()
    expect(page.get_by_role("region", name="Rows as they would be delivered")).to_be_visible()
    with held(burst.site, "ACCESS EXCLUSIVE"):
        page.get_by_role("button", name="Request the delivery").click()
        expect(page.get_by_role("heading", name="Being compiled")).to_be_visible()
        expect_usable(page)
        page.get_by_text("Cancel it").click()
        page.get_by_role("button", name="Cancel the delivery").click()
        expect(page.get_by_role("status")).to_contain_text("is cancelled")
        expect_usable(page)
        page.get_by_role("button", name="Request the same again").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delivery 2")
    download = page.get_by_role("link", name="Download the package")
    expect(download).to_be_visible(timeout=PATIENCE)
    expect_usable(page)
    digest, _ = fetched(page, "Download the package", tmp_path / "package.zip")
    expect(page.get_by_role("region", name="On record")).to_contain_text(digest)
    burst.site.command("deliveries", "verify", tmp_path / "package.zip")
    page.goto(f"{CAMPAIGN}/deliveries")
    expect(page.get_by_role("region", name="Deliveries")).to_contain_text(digest)
    expect_usable(page)


@contextmanager
def held(site: Site, mode: str) -> Iterator[None]:
    """Nobody gets at the signatures meanwhile, so that what is under way can be looked at."""
    with psycopg.connect(site.database_url) as connection:
        connection.execute(f"LOCK TABLE signature IN {mode} MODE".encode())
        yield
        connection.rollback()


def settled(site: Site, count: int) -> int:
    """The displayed count, as soon as it is `count`."""
    shown = int(site.get("/campaigns/clean-tamsel/count.json").json["count"])
    return shown if shown == count else 0


def fetched(page: Page, link: str, file: Path) -> tuple[str, str]:
    """The SHA-256 of what the link downloads into `file`, and its text."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    download.value.save_as(file)
    content = file.read_bytes()
    return hashlib.sha256(content).hexdigest(), content.decode(errors="replace")


def test_the_record_can_be_read_on_a_telephone(enter: Enter) -> None:
    page = enter("/staff/audit?action=signed+in", email=ADMIN, width=390)
    newest = page.get_by_role("row").filter(has_text=ADMIN).first
    for said in ("signed in", "password alone", f"account:{ADMIN}", "127.0.0.1"):
        part = newest.get_by_text(said, exact=False).last
        box = part.bounding_box()
        assert box
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390
