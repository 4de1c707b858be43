"""Mail tasks."""

from __future__ import annotations

import structlog
from celery import shared_task

from campaign import jobs
from campaign.mail.sending import BATCH, send_due

log = structlog.get_logger()

# A task ends well before its time limit; what is still due rings the bell again.
BATCHES_A_TASK = 25


@shared_task(name=jobs.SEND_MAIL)  # type: ignore[untyped-decorator]
def send_due_mail() -> None:
    for _ in range(BATCHES_A_TASK):
        tally = send_due()
        if tally.claimed:
            log.info("mail", sent=tally.sent, later=tally.later, failed=tally.failed)
        if tally.claimed < BATCH or tally.unreachable:
            return
    jobs.ring(jobs.SEND_MAIL)
