"""Delivery tasks."""

from __future__ import annotations

from celery import shared_task

from campaign import jobs
from campaign.delivery.due import compile_due
from campaign.delivery.mailing import run_batch
from campaign.delivery.making import make_due
from campaign.delivery.reminding import remind_admins

# A task ends well before its time limit, and lets others have their turn: a worker with a single
# process sends mail, too.
SECONDS_A_TASK = 30.0
# A package of millions of signatures takes long; what takes longer than this hangs, and is killed.
HOURS_A_PACKAGE = 3
BATCHES_A_TASK = 100


@shared_task(name=jobs.MAKE_EXPORTS)  # type: ignore[untyped-decorator]
def make_exports() -> None:
    if make_due(SECONDS_A_TASK):
        jobs.ring(jobs.MAKE_EXPORTS)


@shared_task(name=jobs.COMPILE, time_limit=HOURS_A_PACKAGE * 3600)  # type: ignore[untyped-decorator]
def compile_requested() -> None:
    if compile_due():
        jobs.ring(jobs.COMPILE)


@shared_task(name=jobs.MAIL_SUPPORTERS)  # type: ignore[untyped-decorator]
def mail_supporters() -> None:
    for _ in range(BATCHES_A_TASK):
        if not run_batch():
            return
    jobs.ring(jobs.MAIL_SUPPORTERS)


@shared_task(name=jobs.REMIND)  # type: ignore[untyped-decorator]
def remind() -> None:
    remind_admins()
