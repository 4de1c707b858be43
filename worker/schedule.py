"""Beat rings the same bells as the pages do, so that a lost wake-up costs seconds."""

from __future__ import annotations

from typing import Any

from campaign import jobs

_EVERY_SECONDS = {
    jobs.SEND_MAIL: 3.0,
    jobs.FOLD_COUNTS: 2.0,
    jobs.HEARTBEAT: 5.0,
    jobs.TIDY: 3600.0,
    jobs.CHECK_COUNTS: 86_400.0,
}

# A wake-up that nobody heard in time is worthless: the next one says the same.
SCHEDULE: dict[str, dict[str, Any]] = {
    job: {"task": job, "schedule": seconds, "options": {"expires": max(10.0, seconds)}}
    for job, seconds in _EVERY_SECONDS.items()
}
