"""Withdrawing: once for all repeats, never undone by an old link, and counted to the row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.errors import NotFound
from campaign.links import make_token
from campaign.signatures import counting
from campaign.signatures.confirming import confirm
from campaign.signatures.standing import standing
from campaign.signatures.withdrawing import NotCounted, withdraw
from tests.support.crowd import put
from tests.support.making import confirm_token, form, make_campaign, rows, value


def state(signature_id: int) -> str:
    return str(value("SELECT state FROM signature WHERE id = :i", i=signature_id))


@pytest.mark.parametrize("before", ["pending", "confirmed"])
def test_who_withdraws_is_counted_as_withdrawn(app: Flask, before: str) -> None:
    make_campaign()
    put(3, state=before)
    (one,) = put(1, state=before)
    withdraw(one)
    withdraw(one)
    assert state(one) == "withdrawn"
    for _ in range(2):
        found = standing("night-buses")
        assert (getattr(found, before), found.withdrawn, found.submitted) == (3, 1, 4)
        assert found.displayed == (3 if before == "confirmed" else 0)
        assert counting.check() == []
        counting.fold()


@pytest.mark.parametrize("before", ["excluded", "erased"])
def test_what_does_not_count_cannot_be_taken_back(app: Flask, before: str) -> None:
    make_campaign()
    (one,) = put(1, state=before)
    with pytest.raises(NotCounted):
        withdraw(one)
    assert state(one) == before
    with pytest.raises(NotFound):
        withdraw(one + 1)


def test_many_at_once_are_one(app: Flask) -> None:
    make_campaign()
    (one,) = put(1)

    def act(_: int) -> None:
        with app.app_context():
            withdraw(one)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    assert value("SELECT count(*) FROM signature_change WHERE new_state = 'withdrawn'") == 1
    assert rows("SELECT state FROM signature_past") == [("confirmed",)]


def test_confirming_at_the_same_moment_never_wins_over_withdrawing(app: Flask) -> None:
    make_campaign()
    ids = put(12, state="pending")

    def act(number: int) -> None:
        with app.app_context():
            one = ids[number // 2]
            withdraw(one) if number % 2 else confirm(make_token("confirm", one))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(24)))
    assert {state(one) for one in ids} == {"withdrawn"}
    counting.fold()
    assert counting.check() == []
    assert standing("night-buses").withdrawn == 12


def test_who_has_withdrawn_cannot_be_signed_up_again(client: FlaskClient) -> None:
    make_campaign()
    client.post("/campaigns/night-buses/sign", data=form())
    link = f"/confirm/{confirm_token()}"
    withdraw(value("SELECT id FROM signature"))
    mails = value("SELECT count(*) FROM outgoing_mail")
    assert client.post(link).status_code == 409
    rows_before = rows("SELECT * FROM signature")
    assert client.post("/campaigns/night-buses/sign", data=form()).status_code == 303
    assert rows("SELECT * FROM signature") == rows_before
    assert value("SELECT count(*) FROM outgoing_mail") == mails
