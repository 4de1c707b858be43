"""Counting: folded, exact, and repaired when something else broke it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient

from campaign.extensions import db
from campaign.signatures import counting
from campaign.signatures.confirming import confirm
from tests.support.making import confirm_token, form, make_campaign, rows, value


def sign_and_confirm(client: FlaskClient, signed: int, confirmed: int) -> None:
    for number in range(signed):
        email = f"s{number}@example.org"
        client.post("/campaigns/night-buses/sign", data=form(email=email))
        if number < confirmed:
            confirm(confirm_token(email))


def counts() -> tuple[int, int]:
    found = rows("SELECT pending, confirmed FROM campaign_count")
    return found[0] if found else (0, 0)


def test_a_request_never_touches_the_count(client: FlaskClient) -> None:
    make_campaign()
    sign_and_confirm(client, 2, 1)
    assert counts() == (0, 0)


def test_folding_counts_every_change_once(client: FlaskClient) -> None:
    make_campaign()
    sign_and_confirm(client, 5, 3)
    assert counting.fold() == 8
    assert counts() == (2, 3)
    assert counting.fold() == 0
    assert counts() == (2, 3)
    assert client.get("/campaigns/night-buses/count.json").json["count"] == 3  # type: ignore[index]


def test_folding_at_once_counts_every_change_once(app: Flask, client: FlaskClient) -> None:
    make_campaign()
    sign_and_confirm(client, 30, 30)

    def fold(_: int) -> int:
        with app.app_context():
            return counting.fold()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(fold, range(6))) == 60
    assert counts() == (0, 30)


def test_a_right_count_is_no_drift_even_with_changes_waiting(client: FlaskClient) -> None:
    make_campaign()
    make_campaign("empty")
    sign_and_confirm(client, 3, 1)
    assert counting.check() == []
    counting.fold()
    sign_and_confirm(client, 5, 4)
    assert counting.check() == []


def test_drift_is_found_and_repaired_without_losing_what_waits(client: FlaskClient) -> None:
    make_campaign()
    sign_and_confirm(client, 4, 4)
    counting.fold()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE campaign_count SET confirmed = 40")
        connection.exec_driver_sql("UPDATE signature SET state = 'excluded' WHERE id = 1")
    client.post("/campaigns/night-buses/sign", data=form(email="late@example.org"))
    found = {(drift.state, drift.counted, drift.rows) for drift in counting.check(repair=True)}
    assert {one for one in found if " by " not in one[0]} == {
        ("confirmed", 40, 3),
        ("excluded", 0, 1),
    }
    # Of all days, and of the day itself.
    assert {("confirmed by country", 8, 6), ("excluded by country", 0, 2)} <= found
    assert counting.check() == []
    counting.fold()
    assert counts() == (1, 3)
    assert value("SELECT excluded FROM campaign_count") == 1


def test_the_command_says_what_differs_and_exits_with_one(app: Flask) -> None:
    make_campaign()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["counts", "check"]).output == "Every count equals its rows.\n"
    with db.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO campaign_count (campaign_id, paper) VALUES (1, 0)")
        connection.exec_driver_sql("UPDATE campaign_count SET confirmed = 7")
    result = runner.invoke(args=["counts", "check"])
    assert result.exit_code == 1
    assert "night-buses: confirmed is counted 7, the rows say 0" in result.output
    assert runner.invoke(args=["counts", "check", "--repair"]).exit_code == 0
    assert runner.invoke(args=["counts", "check"]).exit_code == 0
