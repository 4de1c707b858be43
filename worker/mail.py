"""Mail tasks."""

from __future__ import annotations

from celery import shared_task

from campaign import jobs
from campaign.mail.sending import BATCH, send_due

# A task ends well before its time limit; what is still due rings the bell again.
BATCHES_A_TASK = 25


@shared_task(name=jobs.SEND_MAIL)  # type: ignore[untyped-decorator]
def send_due_mail() -> None:
    for _ in range(BATCHES_A_TASK):
        if send_due().claimed < BATCH:
            return
    jobs.ring(jobs.SEND_MAIL)
