"""A crowd that signs and confirms over HTTP, and remembers exactly what it was promised."""

from __future__ import annotations

import http.client
import re
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from functools import partial
from threading import Event, Thread

from tests.support.site import Site

PATIENCE = 10.0
_LINK = re.compile(r"http://\S+/confirm/\S+")


def link_in(message: EmailMessage) -> str:
    """The confirmation link that a supporter finds in the mail's text."""
    part = message.get_body(("plain",))
    assert part is not None
    found = _LINK.search(part.get_content())
    assert found, part.get_content()
    return found[0]


def is_to_supporter(message: EmailMessage) -> bool:
    """Whether it is not to staff, whom a crowd from one network alarms now and then."""
    return not str(message["To"]).endswith("@demo.example")


def mails_by_address(site: Site) -> Counter[str]:
    """How many mails the SMTP server has accepted for each supporter."""
    accepted = filter(is_to_supporter, list(site.office.accepted))
    return Counter(str(message["To"]) for message in accepted)


class Crowd:
    """People who sign at a constant rate, send again what was not answered, and confirm."""

    def __init__(self, site: Site, slug: str, *, people: int = 4, rate: float = 20.0) -> None:
        self.site = site
        self.path = f"/campaigns/{slug}/sign"
        self.promised: set[str] = set()
        self.confirmed: set[str] = set()
        self.unanswered = 0
        self._pause = people / rate
        self._over = Event()
        signers = [Thread(target=self._sign, args=(number,)) for number in range(people)]
        self._threads = [*signers, Thread(target=self._confirm)]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def was_busy(self) -> bool:
        """Whether enough people have signed and confirmed to prove something."""
        return len(self.promised) > 100 and len(self.confirmed) > 20

    def _sign(self, person: int) -> None:
        again: deque[str] = deque()
        number = 0
        due = time.monotonic()
        while not self._over.is_set():
            # Every other time, somebody whose attempt failed tries again.
            if again and number % 2:
                address = again.popleft()
            else:
                address = f"supporter-{person}-{number}@example.org"
            if self._was_accepted(address, as_json=number % 3 == 0):
                self.promised.add(address)
            else:
                self.unanswered += 1
                again.append(address)
            number += 1
            due = max(due + self._pause, time.monotonic())
            self._over.wait(due - time.monotonic())

    def _was_accepted(self, address: str, *, as_json: bool) -> bool:
        fields = {"name": "Zoë Nguyễn", "email": address, "country": "GB", "consent": "y"}

        def post() -> int:
            if as_json:
                return self.site.post_json(self.path, fields).status
            return self.site.post(self.path, fields, timeout=PATIENCE).status

        return acknowledged(post, {202 if as_json else 303})

    def _confirm(self) -> None:
        seen = 0
        waiting: deque[tuple[str, str]] = deque()
        while not self._over.is_set():
            accepted = self.site.office.accepted
            # Half of them press the button.
            for message in filter(is_to_supporter, accepted[seen : seen + 100 : 2]):
                waiting.append((str(message["To"]), link_in(message)))
            seen = min(len(accepted) // 2 * 2, seen + 100)
            for _ in range(min(5, len(waiting))):
                address, link = waiting.popleft()
                if acknowledged(partial(self._press, link), {303}):
                    self.confirmed.add(address)
                else:
                    waiting.append((address, link))
            self._over.wait(0.25)

    def _press(self, link: str) -> int:
        return self.site.post(link, timeout=PATIENCE).status


def acknowledged(post: Callable[[], int], promises: set[int]) -> bool:
    """Whether the answer was a promise. No answer, or one of failure, is none.

    Any other answer is wrong, whatever has died meanwhile.
    """
    with suppress(OSError, http.client.HTTPException):
        status = post()
        assert status in promises or status >= 500, f"answered {status}"
        return status in promises
    return False
