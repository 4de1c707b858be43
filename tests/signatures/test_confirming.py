"""Confirming: looking shows, posting confirms, once for all repeats."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign.extensions import db
from campaign.links import make_token
from campaign.signatures.confirming import confirm
from campaign.signatures.own import path_to
from tests.delivery.making import change
from tests.support.crowd import put
from tests.support.making import confirm_token, form, make_campaign, rows, value


@pytest.fixture
def token(client: FlaskClient) -> str:
    make_campaign()
    client.post("/campaigns/night-buses/sign", data=form())
    return confirm_token()


def test_looking_changes_nothing_however_often(client: FlaskClient, token: str) -> None:
    for _ in range(3):
        page = client.get(f"/confirm/{token}")
        assert page.status_code == 200
        assert f'action="/confirm/{token}"' in page.text
    assert value("SELECT state FROM signature") == "pending"
    assert client.head(f"/confirm/{token}").status_code == 200
    assert value("SELECT state FROM signature") == "pending"


def test_posting_confirms_once_for_all_repeats(app: Flask, token: str) -> None:
    def post(_: int) -> tuple[int, str | None]:
        response = app.test_client().post(f"/confirm/{token}")
        return response.status_code, response.location

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(post, range(8)))
    assert answers == {(303, "/campaigns/night-buses/signed")}
    first = value("SELECT confirmed_at FROM signature WHERE state = 'confirmed'")
    assert post(0)[0] == 303
    assert value("SELECT confirmed_at FROM signature") == first
    changes = rows("SELECT old_state, new_state FROM signature_change ORDER BY id")
    assert changes == [(None, "pending"), ("pending", "confirmed")]


@pytest.mark.parametrize("state", ["withdrawn", "excluded"])
def test_an_old_link_does_not_bring_back_what_was_taken_back(
    client: FlaskClient, token: str, state: str
) -> None:
    db.session.execute(db.text(f"UPDATE signature SET state = '{state}'"))
    db.session.commit()
    assert client.post(f"/confirm/{token}").status_code == 409
    assert value("SELECT state FROM signature") == state


def test_a_token_is_bound_to_its_signature_purpose_and_secret(
    client: FlaskClient, token: str
) -> None:
    head, _, tail = token.partition(".")
    other_row = f"{int(head) + 1}.{tail}"
    other_purpose = make_token("mine", 1)
    no_such_row = make_token("confirm", 999)
    cut = token[:-1]
    for wrong in (other_row, other_purpose, no_such_row, cut, "x" * 40, "1.2.3.4.5.6"):
        assert client.get(f"/confirm/{wrong}").status_code == 404
        assert client.post(f"/confirm/{wrong}").status_code == 404
    assert value("SELECT state FROM signature") == "pending"


@pytest.mark.parametrize("state", ["confirmed", "withdrawn", "excluded", "erased"])
def test_what_is_decided_is_found_by_its_link_for_as_long_as_ones_own_page(
    client: FlaskClient, token: str, state: str
) -> None:
    own = path_to(value("SELECT id FROM signature"))
    change(f"UPDATE signature SET state = '{state}'")
    change("UPDATE campaign SET state = 'closed'")
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=400)):
        page = client.get(f"/confirm/{token}")
        assert page.status_code == 200
        assert f'href="{own.rsplit(".", 2)[0]}.' in page.text
        assert client.post(f"/confirm/{token}").status_code == (
            303 if state == "confirmed" else 409
        )
    assert value("SELECT state FROM signature") == state


def test_a_link_expires(client: FlaskClient, token: str) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=15)):
        assert client.get(f"/confirm/{token}").status_code == 410
        assert client.post(f"/confirm/{token}").status_code == 410
    assert value("SELECT state FROM signature") == "pending"


def test_the_page_behind_a_token_is_nobodys_to_keep(client: FlaskClient, token: str) -> None:
    response = client.get(f"/confirm/{token}")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_who_is_excluded_at_that_moment_is_not_told_of_being_confirmed(app: Flask) -> None:
    make_campaign()
    (one,) = put(state="pending")
    with ThreadPoolExecutor(1) as pool, db.engine.connect() as connection:
        connection.execute(
            text("UPDATE signature SET state = 'excluded' WHERE id = :id"), {"id": one}
        )

        def click() -> str:
            with app.app_context():
                return confirm(make_token("confirm", one)).state

        answer = pool.submit(click)
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while not connection.scalar(waiting):
            pass
        connection.commit()
        assert answer.result(10) == "excluded"
