"""The workspace of a running site, as a browser reaches it under a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.watching import Watch
from tests.support.site import Site, running_site
from tests.support.smtp import free_port

ADMIN, ORGANISER = "admin@demo.example", "organiser@demo.example"
PASSWORD = "tide-lifts-all-boats"

# Two people who signed on paper, one of them twice, and a line that is refused.
SHEET = """name,postcode,country,signed_on,comment,email
Ada Okafor,N1 9GU,GB,2026-03-01,"Please, for my grandmother’s sake: the last bus leaves at nine.",
Zoë Nguyễn,,DE,2026-03-02,,zoe@a-mail-provider-with-a-rather-long-name.example
Ada Okafor,N1 9GU,GB,2026-03-01,"Please, for my grandmother’s sake: the last bus leaves at nine.",
Bo Lind,11122,,2026-03-02,,
"""

Enter = Callable[..., Page]


@dataclass(frozen=True)
class Workspace:
    """The site and its address. Passkeys need a name, so it is not a number here."""

    site: Site
    base: str


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    port = free_port()
    base = f"http://localhost:{port}"
    settings = {"PORT": str(port), "BASE_URL": base, "SMTP_URL": "", "WEB_WORKERS": "1"}
    with running_site(tmp_path_factory.mktemp("workspace"), **settings) as site:
        site.command("signatures", "generate", "night-buses", 400)
        # Who is invented is a matter of luck; the page of the first has the longest name of all.
        site.rows("UPDATE signature SET name = 'Νίκος Παπαδοπούλου' WHERE id = 1")
        sheet = site.data_dir / "sheet.csv"
        sheet.write_text(SHEET)
        site.command("signatures", "import", "night-buses", sheet, "--batch", "Market, spring")
        yield Workspace(site, base)


@pytest.fixture
def enter(browser: Browser, workspace: Workspace) -> Iterator[Enter]:
    """Opens a page of the workspace, signed in: `enter(path, email=…, width=…)`.

    Without an `email`, nobody is. Afterwards no request may have left the site and the console
    must be empty.
    """
    watches: list[Watch] = []

    def open_page(path: str, *, email: str = "", width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            base_url=workspace.base,
            viewport={"width": width, "height": 900},
            java_script_enabled=options.pop("javascript", True),
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(10_000)
        watches.append(Watch(context, workspace.base))
        page = context.new_page()
        page.goto("/staff/login" if email else path)
        if email:
            sign_in(page, email)
            page.wait_for_url(f"{workspace.base}/staff/")
            page.goto(path)
        return page

    yield open_page
    found = [complaint for watch in watches for complaint in watch.complaints]
    for watch in watches:
        watch.context.close()
    assert found == []


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill the form on the page."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
