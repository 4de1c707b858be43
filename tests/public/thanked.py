"""What tests of the minute after signing start from, and look at afterwards."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.extensions import db
from tests.support.making import rows

BASE = "http://127.0.0.1:8000"
CAMPAIGN = "/campaigns/night-buses"
SIGNED = f"{CAMPAIGN}/signed"
NOT_COUNTED = ["withdrawn", "excluded", "erased", "pending"]


def hours_pass() -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE mail_allowance SET granted ="
            " array(SELECT t - interval '1 hour' FROM unnest(granted) t ORDER BY t)"
        )


def into(state: str) -> None:
    db.session.execute(db.text("UPDATE signature SET state = :s"), {"s": state})
    db.session.commit()


def alike(response: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    headers = [(k, v) for k, v in response.headers if k != "Date"]
    return response.status_code, response.data, headers


def mails() -> list[tuple[str, str]]:
    return rows("SELECT kind, recipient FROM outgoing_mail ORDER BY id")


def thanks(client: FlaskClient, token: str, path: str = SIGNED, base: str = BASE) -> TestResponse:
    """The page of thanks, as a browser asks for it after the button of a confirmation page."""
    return client.get(path, headers={"Referer": f"{base}/confirm/{token}"})


def filled(page: TestResponse) -> dict[str, str]:
    found = re.findall(r'<input id="field-(name|email|postcode)"[^>]* value="([^"]*)"', page.text)
    return dict(found)
