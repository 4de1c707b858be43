"""Finds the machine's Chromium and starts it without a window."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

# The first starts three times faster; the second is what most people have.
NAMES = ("chromium-headless-shell", "chromium")
FLAGS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str:
    """The path of the first Chromium there is; fails the test run when there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    pytest.fail(
        "no Chromium in PATH: install Debian's package chromium-headless-shell (or chromium)",
        pytrace=False,
    )


@contextmanager
def running_browser() -> Iterator[Browser]:
    """One browser, which makes no request of its own."""
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        yield browser
        browser.close()


def launched(kind: BrowserType, *more: str) -> Browser:
    """A browser with our flags and `more`; whoever calls closes it."""
    # Chromium's sandbox refuses to be started by root.
    flags = [*FLAGS, *more, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return kind.launch(executable_path=find(), args=flags)
