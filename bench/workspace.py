"""The workspace beside a million signatures, a thousand and none: what a page costs its people.

A campaign that somebody has signed has curves and lines to draw, whatever their number, so it is
the thousand that shows what the number itself costs.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from bench.crowd import crowded
from bench.load import HOST
from bench.memory import peaks
from bench.rounds import Row, in_turn, middle, table
from bench.scale import Scale
from bench.site import CAMPAIGN, Site
from campaign.accounts.adding import add_account
from campaign.app import build_app
from campaign.extensions import db
from campaign.settings import from_environment

FEW = 1_000
EMAIL, PASSWORD = "bench@example.org", "a password of the benchmarks"


@dataclass
class Browser:
    """Somebody signed in, with cookies and nothing else of a browser."""

    base: str
    opener: OpenerDirector = field(
        default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar()))
    )

    def get(self, path: str) -> str:
        """A page. Raises HTTPError for any status of refusal."""
        with self.opener.open(self.base + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: dict[str, str]) -> str:
        """A page that a form leads to."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/staff/me"))
        body = urlencode({**fields, "csrf_token": found[1] if found else ""}).encode()
        with self.opener.open(self.base + path, body, timeout=60) as answer:
            return str(answer.read().decode())

    def sign_in(self) -> None:
        """Sign in as the account of this benchmark. Raises RuntimeError."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/staff/login"))
        fields = {"email": EMAIL, "password": PASSWORD, "csrf_token": found[1] if found else ""}
        with self.opener.open(f"{self.base}/staff/login", urlencode(fields).encode(), 60) as answer:
            if not answer.url.endswith("/staff/"):
                raise RuntimeError(f"could not sign in to {self.base}")


def page(path: str) -> Callable[[Browser], object]:
    """Opening one page."""
    return lambda browser: browser.get(path)


def search(**fields: str) -> Callable[[Browser], object]:
    """Looking for signatures, which includes opening the page that the form is on."""
    return lambda browser: browser.post(f"/staff/campaigns/{CAMPAIGN}/signatures", fields)


# What is measured, in this order. Each runs on a campaign without and with the crowd.
MEASUREMENTS: dict[str, Callable[[Browser], object]] = {
    "dashboard": page("/staff/"),
    "campaign page": page(f"/staff/campaigns/{CAMPAIGN}"),
    "campaign page, some days": page(f"/staff/campaigns/{CAMPAIGN}?since=2020-01-01"),
    "CSV by country": page(f"/staff/campaigns/{CAMPAIGN}/figures/country.csv"),
    "signatures, the latest": page(f"/staff/campaigns/{CAMPAIGN}/signatures"),
    "signatures of a domain": page(f"/staff/campaigns/{CAMPAIGN}/signatures?domain=example.org"),
    "search for a name": search(q="okonkwo"),
    "search for an address": search(q="supporter.1@example.org"),
}


def measure(site: Site, scale: Scale) -> str:
    """The table of every measurement: with no signature, with few, and with the crowd."""
    sites = {
        "none": site.on_new_database("workspace_alone"),
        "few": crowded(site, replace(scale, crowd=FEW), "workspace_few"),
        "crowd": crowded(site, scale, "workspace_crowd"),
    }
    browsers = {name: _open(one, name) for name, one in sites.items()}
    rows = [_row(name, act, browsers, sites, scale) for name, act in MEASUREMENTS.items()]
    few, many = f"{FEW:,}", f"{scale.crowd:,}"
    heads = ("median ms", "none", few, many, f"of {few}", "MB, none", f"MB, {many}")
    note = "MB is the most memory that the web process has held until then."
    return table("Workspace", heads, rows, note)


def _row(
    name: str,
    act: Callable[[Browser], object],
    browsers: dict[str, Browser],
    sites: dict[str, Site],
    scale: Scale,
) -> Row:
    def timed(browser: Browser) -> Callable[[], float]:
        def once() -> float:
            began = time.perf_counter()
            act(browser)
            return (time.perf_counter() - began) * 1000

        return once

    for browser in browsers.values():
        act(browser)
    found = in_turn(scale.rounds * 6, {one: timed(browser) for one, browser in browsers.items()})
    none, few, crowd = (middle(found[one]) for one in ("none", "few", "crowd"))
    held = [f"{max(peaks(sites[one].running[_web(one)])) / 1e6:,.0f}" for one in ("none", "crowd")]
    return name, f"{none:.1f}", f"{few:.1f}", f"{crowd:.1f}", f"{crowd / few:.2f}", *held


def _open(site: Site, name: str) -> Browser:
    with build_app(from_environment(site.env)).app_context():
        # Of the demo, so that signing in takes no authenticator app.
        add_account(EMAIL, "admin", password=PASSWORD, demo=True)
        db.engine.dispose()
    port = site.web(_web(name))
    browser = Browser(f"http://{HOST}:{port}")
    browser.sign_in()
    return browser


def _web(name: str) -> str:
    return f"web of the workspace, {name}"
