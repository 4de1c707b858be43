"""Rate limits: a clear answer, the same for everyone, and no address in Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask

from campaign.extensions import db, limiter
from tests.support.app import make_app
from tests.support.making import form, make_campaign, value

SIGN = "/campaigns/night-buses/sign"


@pytest.fixture
def limited(app: Flask, redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with its limits on, counting from nothing."""
    settings = app.extensions["groundswell"]
    with redis.Redis.from_url(redis_url) as store:
        store.flushdb()
        limited = make_app(settings.database_url, redis_url, tmp_path, rate_limits=True)
        yield limited
        # The limiter is one object for all applications of a process.
        limiter.enabled = False
        store.flushdb()
    with limited.app_context():
        db.engine.dispose()


def post(app: Flask, number: int, address: str = "192.0.2.7") -> tuple[int, str | None]:
    response = app.test_client().post(
        SIGN, data=form(email=f"s{number}@example.org"), environ_base={"REMOTE_ADDR": address}
    )
    return response.status_code, response.headers.get("Retry-After")


def test_too_many_from_one_network_wait_and_others_do_not(limited: Flask, redis_url: str) -> None:
    make_campaign()
    assert {post(limited, number)[0] for number in range(60)} == {303}
    status, wait = post(limited, 60)
    assert status == 429
    assert wait is not None
    assert 1 <= int(wait) <= 60
    assert post(limited, 61, "198.51.100.7")[0] == 303
    assert value("SELECT count(*) FROM signature") == 61
    with redis.Redis.from_url(redis_url) as store:
        keys = b" ".join(store.keys())
    assert keys
    assert b"192.0.2.7" not in keys


def test_asking_for_mails_is_limited_as_signing_is(limited: Flask) -> None:
    make_campaign()
    client = limited.test_client()
    path = "/campaigns/night-buses/resend"
    asked = [client.post(path, data={"email": f"s{n}@example.org"}) for n in range(61)]
    assert [answer.status_code for answer in asked] == [303] * 60 + [429]
    # Not home: what was typed waits in the form.
    assert '<a class="button" href="/campaigns/night-buses">' in asked[-1].text


def test_an_answer_does_not_count_down_for_everyone_to_see(limited: Flask) -> None:
    make_campaign()
    first = limited.test_client().post(SIGN, data=form())
    second = limited.test_client().post(SIGN, data=form())
    assert [h for h in first.headers if h[0] != "Date"] == [
        h for h in second.headers if h[0] != "Date"
    ]


def test_a_browser_gets_a_page_and_json_gets_json(limited: Flask) -> None:
    make_campaign()
    for number in range(60):
        post(limited, number)
    page = limited.test_client().post(SIGN, data=form(), environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert (page.status_code, "too many at once" in page.text) == (429, True)
    answer = limited.test_client().post(
        SIGN,
        data=form(),
        headers={"Accept": "application/json"},
        environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert answer.status_code == 429
    assert answer.is_json


def test_links_for_offices_are_asked_for_a_few_times_an_hour(limited: Flask) -> None:
    def ask(address: str) -> int:
        where = {"REMOTE_ADDR": address}
        fields = {"email": "office@example.org"}
        return limited.test_client().post("/office", data=fields, environ_base=where).status_code

    assert {ask("192.0.2.9") for _ in range(20)} == {303}
    assert ask("192.0.2.9") == 429
    assert ask("198.51.100.9") == 303


def test_a_form_in_a_frame_gives_nobody_another_allowance(limited: Flask) -> None:
    make_campaign()
    assert {post(limited, number)[0] for number in range(60)} == {303}
    framed = SIGN.replace("/sign", "/embed/sign")
    for address, status in (("192.0.2.7", 429), ("198.51.100.7", 303)):
        answer = limited.test_client().post(
            framed, data=form(), environ_base={"REMOTE_ADDR": address}
        )
        assert answer.status_code == status
        assert "X-Frame-Options" not in answer.headers
