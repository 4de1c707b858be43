"""The pages in every state they can be in, by name."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.stage import CAMPAIGN, OWN, Stage

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
    "lines to embed": "/embed",
    "embedded form": f"{CAMPAIGN}/embed",
    "embedded form, paused": "/campaigns/paused/embed",
    "embedded, check your email": f"{CAMPAIGN}/embed/check-email",
    "not found": "/campaigns/there-is-no-such-thing",
    "privacy": "/privacy",
    "mailbox": "/dev/mailbox",
}
_LINKS = ("pending", "confirmed", "withdrawn", "excluded", "erased", "expired")
EMPTY = ("/", "/campaigns", "/articles", "/dev/mailbox")
_MORE = ("erase?", "just withdrawn", "open", "with errors", "data")
_MINE = tuple(f"mine, {name}" for name in (*OWN, *_MORE))
STATES = (*_ADDRESSES, *(f"confirm, {name}" for name in _LINKS), *_MINE, "mail")


def address(stage: Stage, state: str) -> str:
    """Where the page of that state is."""
    if state == "mail":
        return f"/dev/mailbox/{stage.mails['confirm']}"
    if state == "mine, erase?":
        return f"{stage.own['confirmed']}/erase"
    if state == "mine, data":
        return f"{stage.own['confirmed']}/data"
    if state in ("mine, open", "mine, with errors"):
        return stage.own["confirmed"]
    if state == "mine, just withdrawn":
        return f"{stage.own['withdrawn']}?done=withdrawn"
    if state in _MINE:
        return stage.own[state.removeprefix("mine, ")]
    return _ADDRESSES.get(state) or stage.links[state.removeprefix("confirm, ")]


def show(visit: Callable[..., Page], stage: Stage, state: str, **options: object) -> Page:
    """A page in that state."""
    page = visit(address(stage, state), **options)
    if state == "campaign, with errors":
        send_wrong(page)
    if state in ("mine, open", "mine, with errors"):
        for summary in page.locator("summary").all():
            summary.click()
    if state == "mine, with errors":
        page.locator("#field-name").fill("Zoë https://spam.example")
        page.locator("form[action$='/correct'] button").click()
        page.wait_for_url("**/correct")
    return page


def send_wrong(page: Page) -> None:
    """Send the sign form as somebody does who gets nearly everything wrong."""
    page.locator("#field-name").fill("Zoë https://spam.example")
    page.locator("#field-email").fill("zoe@")
    page.locator("#field-country").select_option("FR")
    page.locator(".more-field summary").click()
    page.locator("#field-comment").fill("I walk home at two.")
    page.locator("#field-updates").check()
    page.locator("form").evaluate("form => { form.noValidate = true }")
    page.locator("form[action$='/sign'] button[type=submit]").click()
    page.wait_for_url("**/sign")
