"""One browser and one site with content for all stories; a fresh context for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import running_browser
from tests.browser.stage import Stage, prepare
from tests.browser.watching import Watch
from tests.support.site import running_site

HERE = Path(__file__).parent
Visit = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below this folder is a browser test, whether its author remembers or not."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A running site that keeps its mail in files, with a campaign in every state."""
    folder = tmp_path_factory.mktemp("site")
    with running_site(folder, SMTP_URL="", WEB_WORKERS="1") as site:
        yield prepare(site, folder)


@pytest.fixture
def visit(browser: Browser, stage: Stage) -> Iterator[Visit]:
    """Opens a page in a context of its own: `visit(path, width=…, dark=…, javascript=…)`.

    Afterwards no request may have left the site, no cookie been set, and the console must be
    empty: every story in this folder shows that, too.
    """
    with visiting(browser, stage) as open_page:
        yield open_page


@contextmanager
def visiting(browser: Browser, stage: Stage) -> Iterator[Visit]:
    """What `visit` is, in any browser."""
    watches: list[Watch] = []

    def open_page(path: str = "/", *, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            base_url=stage.site.base,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if options.pop("dark", False) else "light",
            java_script_enabled=options.pop("javascript", True),
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(10_000)
        watches.append(Watch(context, stage.site.base))
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    found = [complaint for watch in watches for complaint in watch.found()]
    for watch in watches:
        watch.context.close()
    assert found == []
