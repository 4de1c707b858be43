"""Without a broker people still sign, at once; what they are owed is done when it returns."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from itertools import count
from threading import Event
from unittest.mock import patch

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.journeys.crowd import link_in, mails_by_address
from tests.journeys.killing import victims
from tests.local.processes import none_of, until
from tests.support.site import Answer, Site, running_site, servers_are_given
from tests.support.smtp import Office

SLUG = "night-buses"
SLOWEST = 2.5
"""Seconds that signing may take with the broker frozen or gone: a promise of the product."""

_people = count(1)


@pytest.fixture(scope="module", params=["on", "off"], ids=["limits on", "limits off"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site behind a proxy, so that each supporter has a network address."""
    if servers_are_given():
        pytest.skip("the broker is not ours to stop")
    folder = tmp_path_factory.mktemp("site")
    with running_site(folder, RATE_LIMITS=request.param, TRUSTED_PROXIES="1") as site:
        yield site


def broker(site: Site) -> int:
    until(site.is_well, seconds=60)
    return victims(site)["broker"][0]


@contextmanager
def frozen(site: Site) -> Iterator[None]:
    """The broker accepts connections and answers nothing."""
    pid = broker(site)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def gone(site: Site) -> Iterator[None]:
    """Nothing listens where the broker was: the launcher, which would start it again, is held."""
    pid = broker(site)
    os.kill(site.process.pid, signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGKILL)
        until(none_of([pid]))
        yield
    finally:
        os.kill(site.process.pid, signal.SIGCONT)


Outage = Callable[[Site], AbstractContextManager[None]]
outages = pytest.mark.parametrize("outage", [frozen, gone])


def sign(site: Site, address: str, network: str) -> Answer:
    body = f"name=Zo%C3%AB&email={address}&country=GB&consent=y".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": network}
    return site.request("POST", f"/campaigns/{SLUG}/sign", body, kind)


def sign_timed(site: Site, person: int) -> tuple[int, float]:
    """The status, and the seconds it took."""
    begun = time.monotonic()
    answer = sign(site, f"person-{person}@example.org", f"192.0.2.{person}")
    return answer.status, time.monotonic() - begun


@outages
def test_everyone_signs_promptly_and_is_written_to_afterwards(site: Site, outage: Outage) -> None:
    people = [next(_people) for _ in range(24)]
    with outage(site), ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda person: sign_timed(site, person), people))
    assert [status for status, _ in answers] == [303] * len(people)
    assert max(seconds for _, seconds in answers) < SLOWEST
    addresses = {f"person-{person}@example.org" for person in people}
    until(lambda: addresses <= set(mails_by_address(site)), seconds=60)
    assert {mails_by_address(site)[address] for address in addresses} == {1}


@outages
def test_pages_and_confirming_do_not_need_the_broker(site: Site, outage: Outage) -> None:
    address = f"person-{next(_people)}@example.org"
    assert sign(site, address, "192.0.2.250").status == 303
    until(lambda: mails_by_address(site)[address], seconds=60)
    (mail,) = (message for message in site.office.accepted if message["To"] == address)
    before = site.get(f"/campaigns/{SLUG}/count.json").json["count"]
    with outage(site):
        assert site.get("/").status == 200
        assert site.get(link_in(mail)).status == 200
        assert site.post(link_in(mail)).status == 303
        ready = site.get("/readyz")
        assert (ready.status, ready.json["broker"]["state"]) == (200, "down")
    until(lambda: site.get(f"/campaigns/{SLUG}/count.json").json["count"] == before + 1, seconds=60)


@contextmanager
def slow_acceptance(office: Office) -> Iterator[tuple[list[str], Event]]:
    """The SMTP server takes no mail until the event is set; the list is of those who wait."""
    waiting: list[str] = []
    go_on = Event()
    accept = office.handle_DATA

    async def wait(server: SMTP, session: Session, envelope: Envelope) -> str:
        waiting.extend(envelope.rcpt_tos)
        while not go_on.is_set():
            await asyncio.sleep(0.02)
        return await accept(server, session, envelope)

    with patch.object(office, "handle_DATA", wait):
        yield waiting, go_on


@outages
def test_a_worker_with_its_hands_full_hears_again_afterwards(site: Site, outage: Outage) -> None:
    addresses = [f"person-{next(_people)}@example.org" for _ in range(3)]
    until(site.is_well, seconds=60)
    with slow_acceptance(site.office) as (waiting, go_on):
        for address in addresses[:2]:  # One for each of the two processes.
            assert sign(site, address, "203.0.113.9").status == 303
            until(partial(waiting.count, address), seconds=60)
        with outage(site):
            go_on.set()
            done = "SELECT count(*) FROM outgoing_mail WHERE state <> 'sent'"
            until(lambda: site.value(done) == 0)
            time.sleep(1)  # The two tasks end here, and cannot tell the broker.
    assert sign(site, addresses[2], "203.0.113.9").status == 303
    until(lambda: mails_by_address(site)[addresses[2]], seconds=60)


@pytest.mark.parametrize("outage", [frozen, gone, nullcontext])
def test_limits_hold_with_and_without_the_broker(site: Site, outage: Outage) -> None:
    one_network = f"198.51.100.{next(_people)}"
    with outage(site), ThreadPoolExecutor(6) as pool:
        # Each of the two web processes counts for itself while there is no broker.
        posts = [pool.submit(sign, site, "one@example.org", one_network) for _ in range(130)]
        answers = [post.result() for post in posts]
    refused = [answer for answer in answers if answer.status == 429]
    assert {answer.status for answer in answers} <= {303, 429}
    assert bool(refused) == (site.env["RATE_LIMITS"] == "on")
    assert all(int(answer.headers["Retry-After"]) >= 0 for answer in refused)
    assert sign(site, "other@example.org", "203.0.113.5").status == 303
