"""What comes by itself comes often enough."""

from __future__ import annotations

import pytest
from celery.schedules import crontab

from campaign import jobs
from worker.schedule import SCHEDULE


@pytest.mark.parametrize(
    ("job", "a_day"), [(jobs.REMIND_SUPPORTERS, 144), (jobs.RETAIN, 24), (jobs.TIDY, 24)]
)
def test_a_job_comes_so_many_times_a_day(job: str, a_day: int) -> None:
    when = SCHEDULE[job]["schedule"]
    assert isinstance(when, crontab)
    assert len(when.minute) * len(when.hour) == a_day
