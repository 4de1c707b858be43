"""Moderation tasks."""

from __future__ import annotations

import structlog
from celery import shared_task

from campaign import jobs
from campaign.signatures import excluding_many, spikes

log = structlog.get_logger()

# A task ends well before its time limit; what is still to be done rings the bell again.
BATCHES_A_TASK = 200


@shared_task(name=jobs.EXCLUDE)  # type: ignore[untyped-decorator]
def exclude_many() -> None:
    for _ in range(BATCHES_A_TASK):
        if not excluding_many.run_batch():
            return
    jobs.ring(jobs.EXCLUDE)


@shared_task(name=jobs.WATCH)  # type: ignore[untyped-decorator]
def watch() -> None:
    if raised := spikes.watch():
        log.warning("signatures come in unusually fast", alerts=raised)
