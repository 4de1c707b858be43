"""/healthz and /readyz: what whoever watches over the site may rely on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign import health
from campaign.extensions import db
from tests.support.app import make_app
from tests.support.making import form, make_campaign

NOBODY = "127.0.0.1:1"


def test_a_process_that_answers_is_healthy(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert response.headers["Cache-Control"] == "no-store"


def test_readiness_tells_the_state_and_lag_of_every_part(client: FlaskClient) -> None:
    make_campaign()
    client.post("/campaigns/night-buses/sign", data=form())
    health.beat("scheduler")
    response = client.get("/readyz")
    assert response.status_code == 200
    found = response.get_json()
    assert found["ready"] is True
    assert {found[part]["state"] for part in ("database", "broker", "mail", "scheduler")} == {"ok"}
    assert found["mail"]["oldest_seconds"] >= 0
    assert found["counting"] == {"waiting": 1}
    assert found["scheduler"]["last_seen_seconds"] >= 0


def test_a_scheduler_that_was_never_seen_or_is_late_is_said_so(client: FlaskClient) -> None:
    assert client.get("/readyz").get_json()["scheduler"]["state"] == "never seen"
    health.beat("scheduler")
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE heartbeat SET beat_at = now() - interval '1 hour'")
    response = client.get("/readyz")
    assert (response.status_code, response.get_json()["scheduler"]["state"]) == (200, "late")


@pytest.fixture
def cut_off(session_app: Flask, redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database is not there."""
    app = make_app(f"postgresql://nobody@{NOBODY}/none", redis_url, tmp_path)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_without_its_database_a_process_is_alive_but_not_ready(cut_off: Flask) -> None:
    client = cut_off.test_client()
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503
    found = response.get_json()
    assert found["ready"] is False
    assert found["database"] == {"state": "down", "error": "OperationalError"}
    assert found["broker"] == {"state": "ok"}


def test_without_its_database_every_page_asks_to_come_back(cut_off: Flask) -> None:
    client = cut_off.test_client()
    for response in (
        client.get("/"),
        client.get("/campaigns/night-buses"),
        client.get("/campaigns/night-buses/count.json"),
        client.post("/campaigns/night-buses/sign", data=form()),
    ):
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert response.headers["Cache-Control"] == "no-store"


def test_without_its_broker_a_process_is_ready_all_the_same(app: Flask, tmp_path: Path) -> None:
    database_url = app.extensions["groundswell"].database_url
    alone = make_app(database_url, f"redis://{NOBODY}/0", tmp_path)
    response = alone.test_client().get("/readyz")
    assert (response.status_code, response.get_json()["broker"]["state"]) == (200, "down")
    with alone.app_context():
        db.engine.dispose()
