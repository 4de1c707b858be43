"""Beat rings the same bells as the pages do, so that a lost wake-up costs seconds."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from campaign import jobs

# What comes rarely has a time of day: an interval would start anew with every restart.
_WHEN: dict[str, float | crontab] = {
    jobs.SEND_MAIL: 3.0,
    jobs.FOLD_COUNTS: 2.0,
    jobs.HEARTBEAT: 5.0,
    jobs.EXCLUDE: 10.0,
    jobs.WATCH: crontab(minute="*/5"),
    jobs.MAKE_EXPORTS: 3.0,
    jobs.COMPILE: 5.0,
    jobs.MAIL_SUPPORTERS: 5.0,
    jobs.TIDY: crontab(minute="23"),
    jobs.CHECK_COUNTS: crontab(hour="3", minute="7"),
    jobs.REMIND: crontab(hour="7", minute="11"),
    jobs.REMIND_SUPPORTERS: crontab(minute="*/10"),
    jobs.RETAIN: crontab(minute="41"),
    jobs.CHECK_RECORD: crontab(hour="3", minute="37"),
}

# A wake-up that nobody heard in time is worthless: the next one says the same.
SCHEDULE: dict[str, dict[str, Any]] = {
    job: {
        "task": job,
        "schedule": when,
        "options": {"expires": 10.0 if isinstance(when, float) else 3600.0},
    }
    for job, when in _WHEN.items()
}
