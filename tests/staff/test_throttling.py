"""How often somebody may try to sign in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask

from campaign.accounts.adding import add_account
from campaign.app import workspace
from campaign.extensions import db
from campaign.extensions import limiter as public_limiter
from campaign.staff.throttle import PER_ACCOUNT, limiter
from tests.support.app import make_app
from tests.support.staff import PASSWORD, Staff


@pytest.fixture
def throttled(app: Flask, redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with its limits on, counting from nothing."""
    settings = app.extensions["groundswell"]
    with redis.Redis.from_url(redis_url) as store:
        store.flushdb()
        throttled = make_app(settings.database_url, redis_url, tmp_path, rate_limits=True)
        yield throttled
        # The limiters are one object each for all applications of a process.
        limiter.enabled = public_limiter.enabled = False
        store.flushdb()
    for one in (throttled, workspace(throttled)):
        with one.app_context():
            db.engine.dispose()


def tries(app: Flask, emails: list[str], address: str) -> list[int]:
    browser = Staff(app.test_client())
    browser.client.environ_base["REMOTE_ADDR"] = address
    return [browser.sign_in(email, "a wrong password").status_code for email in emails]


@pytest.mark.parametrize("email", ["olu@example.org", "nobody@example.org"])
def test_one_account_is_not_tried_again_and_again(throttled: Flask, email: str) -> None:
    add_account("olu@example.org", "organiser", password=PASSWORD)
    assert tries(throttled, [email] * 12, "198.51.100.7") == [200] * 10 + [429] * 2


def test_whoever_guesses_locks_nobody_out(throttled: Flask) -> None:
    add_account("olu@example.org", "organiser", password=PASSWORD)
    tries(throttled, ["olu@example.org"] * 12, "198.51.100.7")
    owner = Staff(throttled.test_client())
    owner.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert owner.sign_in("olu@example.org").status_code == 302


def test_every_spelling_of_an_address_counts_as_the_same(throttled: Flask) -> None:
    spellings = ["olu@example.org", "OLU@Example.org", "olu@ｅxample.org", "olu@example。org"] * 3
    assert tries(throttled, spellings, "198.51.100.7") == [200] * 10 + [429] * 2


def test_a_crowd_does_not_try_one_account_for_ever(throttled: Flask) -> None:
    limit = int(PER_ACCOUNT.split()[0])
    answers = [
        tries(throttled, ["olu@example.org"], f"198.51.{number // 200}.{number % 200}")[0]
        for number in range(limit + 1)
    ]
    assert answers == [200] * limit + [429]


def test_getting_in_is_no_attempt(throttled: Flask) -> None:
    add_account("olu@example.org", "organiser", password=PASSWORD)
    for _ in range(12):
        assert Staff(throttled.test_client()).sign_in("olu@example.org").status_code == 302


def test_one_network_does_not_try_every_account(throttled: Flask) -> None:
    emails = [f"somebody.{number}@example.org" for number in range(22)]
    assert tries(throttled, emails, "198.51.100.7") == [200] * 20 + [429] * 2


def test_whoever_must_wait_is_told_how_long(throttled: Flask) -> None:
    browser = Staff(throttled.test_client())
    for _ in range(11):
        answer = browser.sign_in("olu@example.org", "a wrong password")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wait a few minutes" in answer.text
