"""Tasks about who has not confirmed, and about how long anybody is kept."""

from __future__ import annotations

import structlog
from celery import shared_task

from campaign import jobs
from campaign.delivery import anonymising, lapsing
from campaign.signatures import reminding, retaining

# A task ends well before its time limit, and lets others have their turn.
SECONDS_A_TASK = 30.0

log = structlog.get_logger()


@shared_task(name=jobs.REMIND_SUPPORTERS)  # type: ignore[untyped-decorator]
def remind_supporters() -> None:
    if mails := reminding.remind_unconfirmed():
        log.info("reminded to confirm", mails=mails)
    if mails == reminding.BATCH:
        jobs.ring(jobs.REMIND_SUPPORTERS)


@shared_task(name=jobs.RETAIN)  # type: ignore[untyped-decorator]
def retain() -> None:
    if erased := lapsing.erase_lapsed(SECONDS_A_TASK):
        log.info("never confirmed", erased=erased)
    if announced := retaining.announce():
        log.info("end of data announced", campaigns=announced)
    retaining.begin()
    if anonymising.anonymise_due(SECONDS_A_TASK):
        jobs.ring(jobs.RETAIN)
