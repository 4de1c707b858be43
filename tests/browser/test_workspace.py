"""The workspace: every page can be used by everybody, and people get in as they should."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, FilePayload, Page, StorageState, expect

from tests.browser.test_pages import expect_usable
from tests.browser.workspace import ADMIN, ORGANISER, SHEET, Enter, Workspace, sign_in

OUTSIDE = ("/staff/login", "/staff/reset", "/staff/wan-signin", "/staff/nothing-here")
_MAYOR = "official=ilse-okonjo-brandt"
INSIDE = (
    "/staff/",
    "/staff/me",
    "/staff/change",
    "/staff/tf-setup",
    "/staff/wan-register",
    "/staff/mf-recovery-codes",
    "/staff/accounts",
    "/staff/accounts/1",
    "/staff/audit",
    "/staff/audit?since=x",
    "/staff/audit?actor=nobody-is-called-that",
    "/staff/articles",
    "/staff/articles?search=nothing-is-called-that",
    "/staff/articles/new",
    "/staff/articles/the-last-bus-home/edit",
    "/staff/articles/the-last-bus-home/history",
    "/staff/articles/the-last-bus-home/translations",
    "/staff/articles/the-last-bus-home/translations/ar",
    "/staff/officials",
    "/staff/officials/new",
    "/staff/officials/import",
    "/staff/officials/ilse-okonjo-brandt/edit",
    "/staff/officials/ilse-okonjo-brandt/history",
    "/staff/campaigns/new",
    "/staff/campaigns/night-buses",
    "/staff/campaigns/night-buses/edit",
    "/staff/campaigns/night-buses/versions",
    "/staff/campaigns/night-buses/translations",
    "/staff/campaigns/night-buses/translations/es",
    "/staff/campaigns/night-buses/history",
    "/staff/campaigns/night-buses/signatures",
    "/staff/campaigns/clean-tamsel/signatures",
    "/staff/campaigns/night-buses/signatures?since=x",
    "/staff/campaigns/night-buses/signatures/1",
    "/staff/campaigns/night-buses/signatures/comments",
    "/staff/campaigns/night-buses/signatures/comments?which=x",
    "/staff/campaigns/night-buses/signatures/exclusions",
    "/staff/campaigns/night-buses/signatures/exclusions/preview?domain=example.org",
    "/staff/campaigns/night-buses/signatures/exclusions/preview",
    "/staff/campaigns/night-buses/paper",
    "/staff/campaigns/clean-tamsel/paper",
    "/staff/campaigns/night-buses/paper/1",
    "/staff/campaigns/night-buses/paper/1?after=1000",
    "/staff/campaigns/night-buses/paper/1/1/erase",
    "/staff/campaigns/night-buses/exports",
    "/staff/campaigns/night-buses/exports/new",
    "/staff/campaigns/night-buses/deliveries",
    "/staff/campaigns/night-buses/deliveries/new",
    f"/staff/campaigns/night-buses/deliveries/new?{_MAYOR}",
    f"/staff/campaigns/night-buses/deliveries/preview?{_MAYOR}&countries=GB&countries=FR",
    f"/staff/campaigns/night-buses/deliveries/preview?{_MAYOR}&postcodes=NOWHERE",
    f"/staff/campaigns/night-buses/deliveries/preview?{_MAYOR}&countries=XX&postcodes=%25",
    "/staff/campaigns/nothing-here",
)
# Pages with a form that is sent empty, and the button that sends it.
MISTAKES = {
    "/staff/accounts": "Send the invitation",
    "/staff/articles/new": "Save",
    "/staff/officials/new": "Save",
    "/staff/officials/import": "Import",
    "/staff/campaigns/new": "Save",
    "/staff/campaigns/night-buses/signatures/1": "Exclude",
    "/staff/campaigns/night-buses/signatures/exclusions/preview?domain=example.org": "Exclude",
    "/staff/campaigns/night-buses/paper": "Look at it",
    "/staff/campaigns/night-buses/exports/new": "Order",
}


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_page_before_signing_in_can_be_used_by_everybody(enter: Enter, path: str) -> None:
    expect_usable(enter(path))


@pytest.fixture(scope="module")
def admin(browser: Browser, workspace: Workspace) -> Iterator[StorageState]:
    """The cookies of an admin who has signed in, once for all pages that are looked at."""
    context = browser.new_context(base_url=workspace.base)
    page = context.new_page()
    page.goto("/staff/login")
    sign_in(page, ADMIN)
    page.wait_for_url(f"{workspace.base}/staff/")
    yield context.storage_state()
    context.close()


@pytest.mark.parametrize("path", INSIDE)
def test_a_page_of_the_workspace_can_be_used_by_everybody(
    enter: Enter, admin: StorageState, path: str
) -> None:
    page = enter(path, storage_state=admin)
    assert page.url.endswith(path)
    expect_usable(page)


@pytest.mark.parametrize(("path", "button"), MISTAKES.items())
def test_what_is_wrong_is_said_to_everybody(
    enter: Enter, admin: StorageState, path: str, button: str
) -> None:
    page = enter(path, storage_state=admin)
    page.evaluate("for (const form of document.forms) form.noValidate = true")
    page.get_by_role("button", name=re.compile(f"^{button}")).click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.title().startswith("Error: ")
    expect_usable(page)


@pytest.mark.parametrize("path", ["campaigns/night-buses", "articles/the-last-bus-home"])
def test_whoever_saves_second_is_shown_what_is_different(
    enter: Enter, admin: StorageState, path: str
) -> None:
    page = enter(f"/staff/{path}/edit", storage_state=admin)
    page.get_by_label("Title").fill("A title that the first to save did not choose")
    page.locator("input[name=revision]").evaluate("field => { field.value = '0' }")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Where yours differs")
    expect_usable(page)


def test_a_table_of_officials_is_reported_line_by_line(enter: Enter, admin: StorageState) -> None:
    page = enter("/staff/officials/import", storage_state=admin)
    table = "name,title,body,email\nAda Okafor,Mayor,Harrow Bay,ada@harrowbay.example\n,,,nobody\n"
    file: FilePayload = {"name": "table.csv", "mimeType": "text/csv", "buffer": table.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="1 line taken, 1 refused")).to_be_focused()
    expect_usable(page)


def test_paper_is_looked_at_imported_and_undone_without_a_script(
    enter: Enter, workspace: Workspace
) -> None:
    page = enter("/staff/campaigns/school-libraries/paper", email=ADMIN, javascript=False)
    file: FilePayload = {"name": "a.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="Import 2 signatures")).to_be_visible()
    expect(page.get_by_text("country: it is missing")).to_be_visible()
    page.get_by_role("button", name="Import").click()
    page.get_by_label("Name of the batch").fill("Station")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Batch Station")
    page.get_by_label("Name or address").fill("nguyễn")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Erase").click()
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("The person is erased.")).to_be_visible()
    page.get_by_text("Undo the whole batch").click()
    page.get_by_label("I am sure").check()
    page.get_by_role("button", name="Undo the batch").click()
    expect(page.get_by_text("1 signature is counted no more")).to_be_visible()
    query = (
        "SELECT string_agg(state || name, ' ' ORDER BY state)"
        " FROM paper_signature WHERE batch_id = %s"
    )
    assert workspace.site.value(query, int(page.url.rpartition("/")[2])) == "erased undone"


def test_a_table_of_paper_can_be_looked_at_by_everybody(enter: Enter, admin: StorageState) -> None:
    page = enter("/staff/campaigns/school-libraries/paper", storage_state=admin)
    file: FilePayload = {"name": "a.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the table holds")
    expect_usable(page)
    page.evaluate("for (const form of document.forms) form.noValidate = true")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect_usable(page)
    page.get_by_role("button", name="Discard the table").click()
    expect(page.get_by_text("Nothing of it was imported")).to_be_visible()


def test_an_organiser_signs_in_and_out_with_the_keyboard_alone(enter: Enter) -> None:
    page = enter("/staff/", javascript=False)
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(ORGANISER)
    page.keyboard.press("Tab")
    page.keyboard.type("tide-lifts-all-boats")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Campaigns")
    expect(page.get_by_role("link", name="Accounts")).to_have_count(0)
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_wrong_password_is_said_and_the_address_kept(enter: Enter) -> None:
    page = enter("/staff/login")
    sign_in(page, ADMIN, "not the password")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value(ADMIN)
    expect_usable(page)


def test_a_new_admin_is_led_through_the_second_factor(enter: Enter, workspace: Workspace) -> None:
    page = enter("/staff/accounts", email=ADMIN)
    page.get_by_label("E-mail address").fill("new.admin@example.org")
    page.get_by_label("Admin: also sees").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    query = "SELECT shared->>'link' FROM outgoing_mail WHERE recipient = 'new.admin@example.org'"
    link = workspace.site.value(query)

    guest = enter(link)
    guest.get_by_label("New password").fill("five words in a row")
    guest.get_by_label("The same again").fill("five words in a row")
    guest.get_by_role("button", name="Save").click()
    sign_in(guest, "new.admin@example.org", "five words in a row")
    expect(guest.get_by_role("heading", level=1)).to_have_text("A second factor")
    expect_usable(guest)
    guest.get_by_role("button", name="Set up an authenticator app").click()
    expect(guest.get_by_role("img", name=re.compile("Picture"))).to_be_visible()
    expect_usable(guest)
    guest.get_by_label("Six digits").fill("000000")
    guest.get_by_role("button", name="Finish").click()
    expect_usable(guest)
    guest.get_by_role("button", name="Show a new picture").click()
    key = guest.locator(".key").inner_text()
    guest.get_by_label("Six digits").fill(TOTP(key=key.replace("-", "")).generate().token)
    guest.get_by_role("button", name="Finish").click()
    expect(guest.get_by_role("button", name="Sign out")).to_be_visible()
    guest.goto("/staff/audit")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Record")


def test_a_passkey_is_added_and_opens_the_workspace(enter: Enter, workspace: Workspace) -> None:
    page = enter("/staff/wan-register", email=ORGANISER)
    with_authenticator(page)
    page.get_by_label("A name for it").fill("Office laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="sign in with a passkey").click()
    page.get_by_role("button", name="Choose a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Campaigns")
    query = (
        "SELECT details->>'with' FROM audit_event WHERE action = 'signed in'"
        " ORDER BY number DESC LIMIT 1"
    )
    assert workspace.site.value(query) == "passkey"

    page.goto("/staff/wan-register")
    page.get_by_role("button", name="Remove Office laptop").click()
    expect(page.get_by_role("button", name="Remove Office laptop")).to_have_count(0)


def with_authenticator(page: Page) -> None:
    """A security key in the browser that always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
