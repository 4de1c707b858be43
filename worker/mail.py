"""Mail tasks."""

from __future__ import annotations

import structlog
from celery import shared_task

from campaign import jobs
from campaign.delivery.outdated import stop_outdated_mails
from campaign.mail.sending import BATCH, send_due

log = structlog.get_logger()

# A task ends well before its time limit; what is still due rings the bell again.
BATCHES_A_TASK = 25


@shared_task(name=jobs.SEND_MAIL)  # type: ignore[untyped-decorator]
def send_due_mail() -> None:
    for _ in range(BATCHES_A_TASK):
        if stopped := stop_outdated_mails():
            log.warning("packages stopped that people have left", mails=stopped)
        tally = send_due()
        if tally.claimed:
            log.info("mail", sent=tally.sent, later=tally.later, failed=tally.failed)
        if tally.bulk:
            # There is room in the outbox for more of it.
            jobs.ring(jobs.MAIL_SUPPORTERS)
        if tally.claimed < BATCH or tally.unreachable:
            return
    jobs.ring(jobs.SEND_MAIL)
