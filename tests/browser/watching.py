"""Watches what a page does behind its visitor's back."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

# With an init script the policy's reports reach the console even where the browser would only
# report them to the page.
REPORT_VIOLATIONS = """
addEventListener('securitypolicyviolation',
  e => console.error('CSP: ' + e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sample))
"""
# The browser logs every page that is itself a refusal; those are looked at on purpose.
_REFUSED_PAGE = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Watch:
    """Complaints about a context: requests to others, console errors, cookies, broken policies."""

    def __init__(self, context: BrowserContext, base: str | tuple[str, ...]) -> None:
        # The site that is looked at; where it is part of another site's page, both.
        self.bases = tuple(f"{one}/" for one in ([base] if isinstance(base, str) else base))
        self.context = context
        self.complaints: list[str] = []
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("request", self._request)
        context.on("requestfailed", self._lost)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self.bases):
            self.complaints.append(f"a request left the site: {request.url}")

    def _lost(self, request: Request) -> None:
        # What becomes a download, or is still under way when its page is left, counts as aborted.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"lost {request.url}: {request.failure}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        place = message.location["url"]
        if _REFUSED_PAGE.match(message.text) and "/static/" not in place:
            return
        self.complaints.append(f"{message.type} on {place}: {message.text}")

    def found(self) -> list[str]:
        """What there is to complain of, any cookie included."""
        cookies = [f"cookie {cookie['name']}" for cookie in self.context.cookies()]
        return self.complaints + cookies
