"""Takes pictures of the real site: of every page, to be looked at, and two for the README.

    python -m tests.browser.photographs

Those to be looked at go to screenshots/, which git ignores; the two go to docs/img/.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page

from campaign.languages import DEFAULT
from campaign.mail.kinds import KINDS
from tests.browser.chromium import running_browser
from tests.browser.stage import CAMPAIGN, Stage, prepare
from tests.browser.states import STATES, show
from tests.mail.test_wording import parts
from tests.support.app import make_app
from tests.support.site import ROOT, running_site

SIGNED = {"night-buses": 3412, "clean-tamsel": 7986, "school-libraries": 1204, "closed": 388}

# One language that is read from the left, and one from the right.
LANGUAGES = ("en", "ar")
OUTSIDE = sorted(kind for kind in KINDS if not kind.startswith("staff-"))


def main() -> None:
    with tempfile.TemporaryDirectory() as name, running_browser() as browser:
        folder = Path(name)
        with running_site(folder, SMTP_URL="", WEB_WORKERS="1") as site:
            stage = prepare(site, folder)
            for slug, number in SIGNED.items():
                site.command("signatures", "generate", slug, number)
            every_page(browser, stage)
            every_mail(browser, folder)
            for_the_readme(browser, stage)


def every_page(browser: Browser, stage: Stage) -> None:
    base = stage.site.base
    for context, code, kind in looks(browser, base_url=base):

        def visit(path: str) -> Page:
            page = context.new_page()  # noqa: B023
            own = path.removeprefix(base)
            page.goto(own if code == DEFAULT or own.startswith("/dev/") else f"/{code}{own}")  # noqa: B023
            return page

        for state in STATES:
            shoot(show(visit, stage, state), f"{re.sub('[^a-z]+', '-', state)}-{kind}")


def every_mail(browser: Browser, folder: Path) -> None:
    """Each mail to people outside, as its HTML part shows it."""
    app = make_app("postgresql://127.0.0.1/none", "redis://127.0.0.1:1/0", folder)
    for context, code, kind in looks(browser):
        for mail in OUTSIDE:
            page = context.new_page()
            with app.app_context():
                page.set_content(parts(mail, code)[2])
            shoot(page, f"mail-{mail}-{kind}")


def looks(browser: Browser, **options: Any) -> Iterator[tuple[BrowserContext, str, str]]:
    """A context for each size, scheme and language, with the language and a name for it."""
    for width, dark, code in product((390, 1280), (False, True), LANGUAGES):
        scheme: Literal["light", "dark"] = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        yield context, code, f"{width}-{scheme}-{code}"
        context.close()


def shoot(page: Page, name: str) -> None:
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    page.close()


def for_the_readme(browser: Browser, stage: Stage) -> None:
    folder = ROOT / "docs" / "img"
    folder.mkdir(parents=True, exist_ok=True)
    desk = browser.new_page(
        base_url=stage.site.base,
        viewport={"width": 1280, "height": 960},
        device_scale_factor=1000 / 1280,
    )
    desk.goto(CAMPAIGN)
    desk.screenshot(path=folder / "campaign.png")
    phone = browser.new_page(
        base_url=stage.site.base,
        viewport={"width": 390, "height": 844},
        color_scheme="dark",
        is_mobile=True,
        device_scale_factor=2,
    )
    phone.goto("/campaigns/clean-tamsel")
    phone.screenshot(path=folder / "phone.png")


if __name__ == "__main__":
    main()
