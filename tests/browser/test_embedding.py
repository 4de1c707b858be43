"""The form on somebody else's site, whose own policy is as strict as it can be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.looking import accessibility
from tests.browser.stage import CAMPAIGN, Stage, link_in, mail_to
from tests.browser.watching import Watch

PAGE = """<!doctype html><html lang="en"><title>A partner</title><meta charset="utf-8">
<main><h1>Our paper</h1><p>Read on.</p>
<script src="{site}/embed.js" data-campaign="night-buses" {more} async></script>
<a href="{site}{campaign}">Night buses</a></main>"""
POLICY = (
    "default-src 'none'; script-src {site}; frame-src {site}; require-trusted-types-for 'script'"
)
Partner = Callable[..., Page]


@pytest.fixture
def partner(browser: Browser, stage: Stage) -> Iterator[Partner]:
    """Opens a page of another site that embeds the form: `partner(more='data-…', …)`.

    Afterwards nothing may have been stored, no other site been asked and no policy been broken.
    """
    site = stage.site.base
    with serving(POLICY.format(site=site)) as (home, pages), ExitStack() as stack:
        watches: list[Watch] = []

        def open_page(*, more: str = "", width: int = 1280, **options: Any) -> Page:
            pages.append(PAGE.format(site=site, campaign=CAMPAIGN, more=more))
            context = browser.new_context(viewport={"width": width, "height": 900}, **options)
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            watches.append(Watch(context, (site, home)))
            page = context.new_page()
            page.goto(f"{home}/page")
            return page

        yield open_page
        assert [complaint for watch in watches for complaint in watch.found()] == []


@contextmanager
def serving(policy: str) -> Iterator[tuple[str, list[str]]]:
    """Another site, of one page: its address, and a list whose last item is that page."""
    pages: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/page" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.end_headers()
            self.wfile.write(pages[-1].encode() if self.path == "/page" else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        # Another site than that of the form, which is on 127.0.0.1.
        yield f"http://localhost:{server.server_port}", pages
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def the_frame(page: Page) -> Frame:
    handle = page.wait_for_selector("iframe")
    frame = handle.content_frame() if handle else None
    assert frame
    frame.wait_for_selector("h1")
    return frame


def height(page: Page) -> int:
    return int(page.locator("iframe").get_attribute("height") or 0)


def grown(page: Page) -> None:
    """Wait until the frame is as high as what is in it."""
    body = the_frame(page).evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    expect(page.locator("iframe")).to_have_attribute("height", str(body))


def fill(frame: Frame, email: str) -> None:
    frame.get_by_label("Your name").fill("Ottoline Reed")
    frame.get_by_label("Email address").fill(email)
    frame.get_by_label("Country", exact=True).select_option("GB")
    frame.get_by_label("Pass my signature").check()


def test_a_reader_of_another_site_signs_in_the_frame(partner: Partner, stage: Stage) -> None:
    page = partner(more='data-accent="#0a6a4b"')
    frame = the_frame(page)
    grown(page)
    expect(page.locator("iframe")).to_have_attribute("title", "Sign this pledge")
    button = frame.get_by_role("button", name="Sign this pledge")
    expect(button).to_have_css("background-color", "rgb(10, 106, 75)")
    expect(button).to_have_css("color", "rgb(255, 255, 255)")
    # The plain link has done its part.
    expect(page.get_by_role("link", name="Night buses")).to_be_hidden()
    fill(frame, "embedded@example.org")
    button.click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Check your email")
    expect(frame.get_by_role("heading", level=1)).to_be_focused()
    assert frame.url.startswith(f"{stage.site.base}{CAMPAIGN}/embed/check-email?accent=0a6a4b")
    grown(page)
    query = "SELECT source FROM signature WHERE email = 'embedded@example.org'"
    assert stage.site.rows(query) == [("from=embed:localhost",)]
    assert stage.site.post(link_in(mail_to(stage.site, "embedded@example.org")[1])).status == 303


def test_the_frame_grows_with_what_is_wrong(partner: Partner, stage: Stage) -> None:
    page = partner(width=390)
    frame = the_frame(page)
    grown(page)
    before = height(page)
    fill(frame, "embedded@")
    frame.evaluate("document.querySelector('form').noValidate = true")
    frame.get_by_role("button", name="Sign this pledge").click()
    expect(frame.get_by_role("alert")).to_be_focused()
    grown(page)
    assert height(page) > before
    expect(frame.get_by_label("Your name")).to_have_value("Ottoline Reed")
    # Put right, it goes on, and is still known to have come from there.
    frame.get_by_label("Email address").fill("put-right@example.org")
    frame.get_by_role("button", name="Sign this pledge").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Check your email")
    query = "SELECT source FROM signature WHERE email = 'put-right@example.org'"
    assert stage.site.rows(query) == [("from=embed:localhost",)]


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
@pytest.mark.parametrize("width", [1280, 320])
def test_the_frame_can_be_used_by_everybody(partner: Partner, theme: str, width: int) -> None:
    page = partner(more=f'data-theme="{theme}" data-accent="#c2410c"', width=width)
    frame = the_frame(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert accessibility(frame) == []  # type: ignore[arg-type]
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
        card = frame.evaluate("getComputedStyle(document.body).backgroundColor")
        is_dark = theme == "dark" or (theme == "auto" and scheme == "dark")
        assert (card == "rgb(255, 255, 255)") != is_dark


def test_other_pages_cannot_change_the_height_nor_read_what_is_typed(partner: Partner) -> None:
    page = partner()
    frame = the_frame(page)
    grown(page)
    before = height(page)
    page.evaluate("postMessage({ groundswellHeight: 7 }, '*')")
    heard = page.evaluate(
        """async () => {
          const said = [];
          addEventListener('message', e => said.push(JSON.stringify(e.data)));
          document.querySelector('iframe').contentWindow.postMessage('tell me more', '*');
          document.querySelector('iframe').contentWindow.postMessage('groundswell-height', '*');
          await new Promise(done => setTimeout(done, 300));
          return said;
        }"""
    )
    assert heard == [f'{{"groundswellHeight":{before}}}']
    assert height(page) == before
    assert frame.evaluate("try { parent.document.title } catch (e) { e.name }") == "SecurityError"


def test_without_javascript_there_is_a_plain_link(partner: Partner) -> None:
    page = partner(java_script_enabled=False)
    expect(page.get_by_role("link", name="Night buses")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
