"""Upkeep tasks."""

from __future__ import annotations

import structlog
from celery import shared_task

from campaign import health, jobs
from campaign.accounts import audit, forgetting
from campaign.content import pictures
from campaign.delivery import discarding, erasing, keeping, paper_keeping, settling
from campaign.mail import allowance
from campaign.signatures import counting

log = structlog.get_logger()


@shared_task(name=jobs.HEARTBEAT)  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    health.beat("scheduler")


@shared_task(name=jobs.TIDY)  # type: ignore[untyped-decorator]
def tidy() -> None:
    allowance.forget_old()
    forgetting.forget_ended_sessions()
    forgetting.forget_links()
    pictures.forget_unused()
    keeping.expire()
    keeping.sweep()
    discarding.discard_old_packages()
    erasing.forget_late_mails()
    counting.drop_empty()
    paper_keeping.sweep()
    settling.sweep_folders()


@shared_task(name=jobs.CHECK_RECORD)  # type: ignore[untyped-decorator]
def check_record() -> None:
    verdict = audit.check()
    if verdict.broken:
        log.error("the record is not whole", broken=verdict.broken, entries=verdict.entries)
    else:
        log.info("the record is whole", entries=verdict.entries, head=verdict.head)
