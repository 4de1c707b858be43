"""The pages in every state they can be in, by name."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.stage import CAMPAIGN, Stage

_ADDRESSES = {
    "home": "/",
    "campaigns": "/campaigns",
    "articles": "/articles",
    "articles, last page": "/articles?page=2",
    "article": "/articles/the-last-bus-home",
    "article with long words": "/articles/long-words",
    "campaign, open": CAMPAIGN,
    "campaign, with errors": CAMPAIGN,
    "campaign, not open yet": "/campaigns/later",
    "campaign, paused": "/campaigns/paused",
    "campaign, closed": "/campaigns/closed",
    "campaign, delivered": "/campaigns/delivered",
    "campaign, goal reached": "/campaigns/reached",
    "check your email": f"{CAMPAIGN}/check-email",
    "signed": f"{CAMPAIGN}/signed",
    "not found": "/campaigns/there-is-no-such-thing",
    "mailbox": "/dev/mailbox",
}
_LINKS = ("pending", "confirmed", "withdrawn", "excluded", "expired")
EMPTY = ("/", "/campaigns", "/articles", "/dev/mailbox")
STATES = (*_ADDRESSES, *(f"confirm, {name}" for name in _LINKS), "mail")


def address(stage: Stage, state: str) -> str:
    """Where the page of that state is."""
    if state == "mail":
        return f"/dev/mailbox/{stage.mails['confirm']}"
    return _ADDRESSES.get(state) or stage.links[state.removeprefix("confirm, ")]


def show(visit: Callable[..., Page], stage: Stage, state: str, **options: object) -> Page:
    """A page in that state."""
    page = visit(address(stage, state), **options)
    if state == "campaign, with errors":
        send_wrong(page)
    return page


def send_wrong(page: Page) -> None:
    """Send the sign form as somebody does who gets nearly everything wrong."""
    page.get_by_label("Your name").fill("Zoë https://spam.example")
    page.get_by_label("Email address").fill("zoe@")
    page.get_by_label("Country", exact=True).select_option("FR")
    page.get_by_text("Say why it matters to you").click()
    page.get_by_label("Your comment").fill("I walk home at two.")
    page.get_by_label("email me").check()
    page.locator("form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Sign this pledge").click()
    page.wait_for_url("**/sign")
