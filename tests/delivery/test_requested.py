"""Deliveries that were requested: compiled by a worker, or failed, never forgotten."""

from __future__ import annotations

import resource
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from campaign import jobs
from campaign.delivery import compiling, packing
from campaign.delivery.cancelling import cancel_delivery
from campaign.delivery.due import compile_due
from campaign.delivery.keys import own_fingerprint, signing_key
from campaign.delivery.requesting import request_again, request_delivery
from campaign.delivery.session import session
from campaign.delivery.targets import lock_campaign
from campaign.delivery.verifying import verify
from campaign.delivery.wishing import Wish
from tests.delivery.export_making import ADA
from tests.delivery.making import (
    MAYOR,
    MINISTER,
    SLUG,
    change,
    compiled,
    numbers,
    petition,
    sign,
    sign_many,
)
from tests.support.making import rows, value
from worker.delivery import compile_requested


def request(official: str = MAYOR) -> int:
    return request_delivery(SLUG, Wish(official), actor=ADA)


def states() -> list[str]:
    return [state for (state,) in rows("SELECT state FROM delivery ORDER BY number")]


def package(number: int) -> Path:
    return Path(value("SELECT file FROM delivery WHERE number = :n", n=number))


def test_requested_and_immediate_deliveries_share_their_numbers(
    app: Flask, tmp_path: Path, data_dir: Path
) -> None:
    petition()
    sign_many(3)
    assert request() == 1
    assert compile_due() == 1
    sign_many(2)
    done = compiled(tmp_path)
    assert numbers(package(1)) == [1, 2, 3]
    assert numbers(done.path) == [4, 5]
    assert done.number == 2
    assert verify(package(1), {str(own_fingerprint(data_dir))}).problems == []
    assert rows("SELECT made_by, row_count FROM delivery WHERE number = 1") == [(ADA.name, 3)]
    assert compile_due() == 0


def test_an_official_who_is_not_addressed_any_more_is_a_clear_failure(app: Flask) -> None:
    petition()
    sign()
    request(MINISTER)
    request(MAYOR)
    change("DELETE FROM campaign_official WHERE position = 2")
    assert compile_due() == 1
    assert states() == ["failed", "ready"]
    assert "does not address" in value("SELECT error FROM delivery WHERE number = 1")


def test_a_full_disk_is_a_clear_failure_and_frees_the_numbers(app: Flask, data_dir: Path) -> None:
    petition()
    sign_many(300)
    signing_key(data_dir)
    request()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, before[1]))
    try:
        assert compile_due() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert states() == ["failed"]
    assert "File too large" in value("SELECT error FROM delivery")
    request()
    assert compile_due() == 1
    assert numbers(package(2)) == list(range(1, 301))


def test_a_machine_compiles_one_delivery_at_a_time_and_another_helps_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition()
    sign_many(20)
    request(MAYOR)
    request(MINISTER)
    others: list[int] = []

    def with_others(*args: Any) -> Path:
        monkeypatch.setattr(compiling, "pack", packing.pack)
        others.append(compile_due())
        monkeypatch.setattr(socket, "gethostname", lambda: "another")
        # It leaves alone whom somebody compiles for.
        others.append(compile_due())
        others.append(compile_due())
        return packing.pack(*args)

    monkeypatch.setattr(compiling, "pack", with_others)
    assert compile_due() == 1
    assert others == [0, 1, 0]
    assert states() == ["ready", "ready"]
    assert numbers(package(1)) == numbers(package(2)) == list(range(1, 21))
    assert rows("SELECT count(*), max(number) FROM delivery_number") == [(20, 20)]


def test_compiling_has_a_queue_and_a_time_limit_of_its_own() -> None:
    assert [job for job, queue in jobs.QUEUES.items() if queue == "compile"] == [jobs.COMPILE]
    assert compile_requested.time_limit >= 3600


def test_telling_supporters_keeps_no_confirmation_waiting() -> None:
    assert jobs.QUEUES[jobs.MAIL_SUPPORTERS] != jobs.QUEUES[jobs.SEND_MAIL]


def test_requesting_does_not_wait_while_numbers_are_given(app: Flask) -> None:
    petition()
    sign()
    campaign = value("SELECT id FROM campaign")
    with ThreadPoolExecutor(1) as pool, session() as pg, pg.transaction():
        lock_campaign(pg, campaign)
        pool.submit(requested_and_again, app).result(timeout=20)


def requested_and_again(app: Flask) -> None:
    with app.app_context():
        assert request() == 1
        cancel_delivery(SLUG, 1, actor=ADA)
        assert request_again(SLUG, 1, actor=ADA) == 2
