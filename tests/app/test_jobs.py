"""The doorbell: rings soon, rarely, and never makes anybody wait or fail."""

from __future__ import annotations

import threading
import time

from campaign.jobs import QUEUES, SEND_MAIL, Doorbell


def wait_until(condition: threading.Event) -> None:
    assert condition.wait(5), "the doorbell did not ring"


def test_many_rings_become_few_wake_ups() -> None:
    published: list[str] = []
    rung = threading.Event()

    def publish(job: str) -> None:
        published.append(job)
        rung.set()

    bell = Doorbell(publish)
    for _ in range(500):
        bell.ring(SEND_MAIL)
    wait_until(rung)
    assert 1 <= len(published) <= 2


def test_every_kind_of_job_is_rung() -> None:
    published: set[str] = set()
    complete = threading.Event()

    def publish(job: str) -> None:
        published.add(job)
        if published == set(QUEUES):
            complete.set()

    bell = Doorbell(publish)
    for job in QUEUES:
        bell.ring(job)
    wait_until(complete)


def test_a_broker_that_hangs_keeps_nobody_waiting() -> None:
    released = threading.Event()
    bell = Doorbell(lambda _: wait_until(released))
    before = time.monotonic()
    for _ in range(100):
        bell.ring(SEND_MAIL)
    waited = time.monotonic() - before
    released.set()
    # The publisher would hang for five seconds; ringing is adding to a set.
    assert waited < 2.5


def test_a_broker_that_fails_is_rung_again() -> None:
    attempts: list[str] = []
    rung_again = threading.Event()

    def publish(job: str) -> None:
        attempts.append(job)
        if len(attempts) > 1:
            rung_again.set()
        raise ConnectionError("gone")

    bell = Doorbell(publish)
    bell.ring(SEND_MAIL)
    while len(attempts) < 1:
        time.sleep(0.01)
    bell.ring(SEND_MAIL)
    wait_until(rung_again)
