"""Upkeep tasks."""

from __future__ import annotations

from celery import shared_task

from campaign import health, jobs
from campaign.delivery import keeping
from campaign.mail import allowance


@shared_task(name=jobs.HEARTBEAT)  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    health.beat("scheduler")


@shared_task(name=jobs.TIDY)  # type: ignore[untyped-decorator]
def tidy() -> None:
    allowance.forget_old()
    keeping.expire()
    keeping.sweep()
