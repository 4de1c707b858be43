"""Delivery tasks."""

from __future__ import annotations

from celery import shared_task

from campaign import jobs
from campaign.delivery.due import compile_due
from campaign.delivery.making import make_due

# A task ends well before its time limit, and lets others have their turn: a worker with a single
# process sends mail, too.
SECONDS_A_TASK = 30.0


@shared_task(name=jobs.MAKE_EXPORTS)  # type: ignore[untyped-decorator]
def make_exports() -> None:
    if make_due(SECONDS_A_TASK):
        jobs.ring(jobs.MAKE_EXPORTS)


@shared_task(name=jobs.COMPILE)  # type: ignore[untyped-decorator]
def compile_requested() -> None:
    if compile_due():
        jobs.ring(jobs.COMPILE)
