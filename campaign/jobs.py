"""The only door to the queue: the names of the jobs, and how to wake a worker for one.

Redis is a doorbell. What must happen is a row in PostgreSQL; a message only says "look now".
A lost message therefore costs seconds (the scheduler rings the same bells), never work.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import structlog
from celery import Celery
from flask import current_app

SEND_MAIL = "mail.send_due"
FOLD_COUNTS = "counting.fold"
CHECK_COUNTS = "counting.check"
TIDY = "upkeep.tidy"
HEARTBEAT = "upkeep.heartbeat"
CHECK_RECORD = "upkeep.check_record"
EXCLUDE = "moderation.exclude"
WATCH = "moderation.watch"
MAKE_EXPORTS = "delivery.make_exports"
COMPILE = "delivery.compile"
MAIL_SUPPORTERS = "delivery.mail_supporters"
REMIND = "delivery.remind"
REMIND_SUPPORTERS = "upkeep.remind_supporters"
RETAIN = "upkeep.retain"

# Every job and the queue that it waits in: what may take minutes keeps nothing prompt waiting, and
# what may take hours is done by one process of a worker at a time, which has one more for it.
QUEUES = {
    SEND_MAIL: "prompt",
    FOLD_COUNTS: "prompt",
    CHECK_COUNTS: "slow",
    TIDY: "slow",
    HEARTBEAT: "prompt",
    CHECK_RECORD: "slow",
    EXCLUDE: "slow",
    WATCH: "slow",
    MAKE_EXPORTS: "slow",
    COMPILE: "compile",
    MAIL_SUPPORTERS: "slow",
    REMIND: "slow",
    REMIND_SUPPORTERS: "slow",
    RETAIN: "slow",
}

# At most one wake-up of a kind in this many seconds, however many people sign meanwhile.
PAUSE = 0.25

log = structlog.get_logger()


def ring(job: str) -> None:
    """Ask for `job` soon. Returns at once and never fails, whatever state the broker is in."""
    bell: Doorbell = current_app.extensions["groundswell.bell"]
    bell.ring(job)


class Doorbell:
    """Publishes wake-ups from a thread of its own, so that no request ever waits for the broker."""

    def __init__(self, publish: Callable[[str], None]) -> None:
        self._publish = publish
        self._wanted: set[str] = set()
        self._lock = threading.Lock()
        self._rung = threading.Event()
        self._process: int | None = None

    def ring(self, job: str) -> None:
        with self._lock:
            self._wanted.add(job)
            if self._process != os.getpid():
                # Threads do not survive a fork, so each process starts its own at first use.
                self._process = os.getpid()
                threading.Thread(target=self._run, name="doorbell", daemon=True).start()
        self._rung.set()

    def _run(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()
            with self._lock:
                wanted, self._wanted = self._wanted, set()
            for job in sorted(wanted):
                self._publish_quietly(job)
            time.sleep(PAUSE)

    def _publish_quietly(self, job: str) -> None:
        try:
            self._publish(job)
        except Exception as error:  # The broker may fail in any way; the scheduler rings again.
            log.warning("wake-up not published", job=job, error=type(error).__name__)


def publisher(redis_url: str) -> Callable[[str], None]:
    """A function that publishes one wake-up, giving up after two seconds."""
    queue = Celery("groundswell", broker=redis_url, set_as_current=False)
    queue.conf.update(
        task_publish_retry=False,
        broker_connection_timeout=2,
        broker_transport_options={"socket_timeout": 2, "socket_connect_timeout": 2},
        task_ignore_result=True,
    )

    def publish(job: str) -> None:
        queue.send_task(job, queue=QUEUES[job], expires=600, ignore_result=True)

    return publish
