"""Counting tasks."""

from __future__ import annotations

import structlog
from celery import shared_task

from campaign import jobs
from campaign.signatures import counting

log = structlog.get_logger()


@shared_task(name=jobs.FOLD_COUNTS)  # type: ignore[untyped-decorator]
def fold_counts() -> None:
    if changes := counting.fold():
        log.info("counted", changes=changes)


@shared_task(name=jobs.CHECK_COUNTS)  # type: ignore[untyped-decorator]
def check_counts() -> None:
    for drift in counting.check(repair=True):
        log.warning("count repaired", campaign=drift.campaign, state=drift.state)
