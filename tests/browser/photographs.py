"""Takes pictures of the real site: of every page, to be looked at, and two for the README.

    python -m tests.browser.photographs

Those to be looked at go to screenshots/, which git ignores; the two go to docs/img/.
"""

from __future__ import annotations

import re
import tempfile
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from tests.browser.chromium import running_browser
from tests.browser.stage import CAMPAIGN, Stage, prepare
from tests.browser.states import STATES, show
from tests.support.site import ROOT, running_site

SIGNED = {"night-buses": 3412, "clean-tamsel": 7986, "school-libraries": 1204, "closed": 388}


def main() -> None:
    with tempfile.TemporaryDirectory() as name, running_browser() as browser:
        folder = Path(name)
        with running_site(folder, SMTP_URL="", WEB_WORKERS="1") as site:
            stage = prepare(site, folder)
            for slug, number in SIGNED.items():
                site.command("signatures", "generate", slug, number)
            every_page(browser, stage)
            for_the_readme(browser, stage)


def every_page(browser: Browser, stage: Stage) -> None:
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    for width, dark in product((390, 1280), (False, True)):
        scheme: Literal["light", "dark"] = "dark" if dark else "light"
        context = browser.new_context(
            base_url=stage.site.base,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
        )

        def visit(path: str) -> Page:
            page = context.new_page()  # noqa: B023
            page.goto(path)
            return page

        for state in STATES:
            name = re.sub("[^a-z]+", "-", state)
            show(visit, stage, state).screenshot(
                path=folder / f"{name}-{width}-{scheme}.png", full_page=True
            )
        for kind, mail in stage.mails.items():
            path = folder / f"mail-{kind}-{width}-{scheme}.png"
            visit(f"/dev/mailbox/{mail}/html").screenshot(path=path, full_page=True)
        context.close()


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
