"""Ways past the sign-in that were tried, and stay closed."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.accounts.adding import add_account
from campaign.accounts.models import Account, Passkey
from campaign.app import workspace
from campaign.extensions import db
from tests.staff.test_signing_in import ADA, OLU, set_up_authenticator
from tests.support.making import value
from tests.support.staff import PASSWORD, Staff


@pytest.fixture
def olu(app: Flask) -> Staff:
    add_account(OLU, "organiser", password=PASSWORD)
    return Staff(app.test_client())


@pytest.fixture
def ada(app: Flask) -> Staff:
    add_account(ADA, "admin", password=PASSWORD)
    return Staff(app.test_client())


def give_passkey(email: str) -> None:
    now = dt.datetime.now(dt.UTC)
    with db.session.begin():
        account = db.session.query(Account).filter_by(email=email).one()
        account.webauthn.append(
            Passkey(
                name="key",
                credential_id=b"1",
                public_key=b"2",
                sign_count=0,
                backup_state=False,
                device_type="single_device",
                usage="first",
                lastuse_datetime=now,
            )
        )


@pytest.mark.parametrize("email", [OLU, ADA])
def test_whoever_has_a_passkey_alone_is_asked_for_it_after_the_password(
    app: Flask, olu: Staff, ada: Staff, email: str
) -> None:
    give_passkey(email)
    thief = Staff(app.test_client())
    assert thief.sign_in(email).headers["Location"].startswith("/staff/wan-signin")
    thief.email = ""
    assert thief.get("/staff/").status_code == 303
    # Nor can a thief set up another factor of their own.
    answer = thief.post("/staff/tf-setup", {"setup": "authenticator"})
    assert answer.status_code in (302, 303)
    assert 'class="key"' not in answer.text


def test_one_recovery_code_lets_one_browser_in_however_many_try_at_once(
    app: Flask, ada: Staff
) -> None:
    ada.sign_in(ADA)
    set_up_authenticator(ada)
    page = ada.post("/staff/mf-recovery-codes", {"generate_new_codes": "y"}).text
    code = page.split("<li>")[1].split("<")[0]
    browsers = [Staff(app.test_client()) for _ in range(4)]
    for browser in browsers:
        browser.sign_in(ADA)
        browser.email = ""
    together = threading.Barrier(len(browsers))

    def use(browser: Staff) -> int:
        token = browser.token()
        together.wait(10)
        fields = {"csrf_token": token, "code": code}
        return browser.client.post("/staff/mf-recovery", data=fields).status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = sorted(pool.map(use, browsers))
    assert answers == [200, 200, 200, 302]


def test_a_code_of_the_authenticator_is_good_for_one_sign_in(app: Flask, ada: Staff) -> None:
    ada.sign_in(ADA)
    device = set_up_authenticator(ada)
    code = device.generate(time=device.generate().expire_time + 1).token
    answers = []
    for _ in range(2):
        browser = Staff(app.test_client())
        browser.sign_in(ADA)
        browser.email = ""
        answers.append(browser.post("/staff/tf-validate", {"code": code}).status_code)
    assert answers == [302, 200]


def test_no_token_opens_anything_beside_the_session(app: Flask, olu: Staff) -> None:
    olu.sign_in(OLU)
    with workspace(app).app_context():
        account = db.session.query(Account).one()
        token = account.get_auth_token()
    stranger = app.test_client()
    headers = {"Authentication-Token": token, "Accept": "application/json"}
    assert stranger.get("/staff/me", headers=headers).status_code == 401
    assert stranger.get(f"/staff/me?auth_token={token}").status_code == 303


@pytest.mark.parametrize("body", ['{"a":' * 20_000, '"x"', "[1]", '{"next": 1}', '{"x":"\\ud800"}'])
@pytest.mark.parametrize("path", ["login", "reset", "tf-setup", "wan-signin", "mf-recovery", ""])
def test_json_is_not_taken(app: Flask, path: str, body: str) -> None:
    for method in ("GET", "POST"):
        answer = app.test_client().open(
            f"/staff/{path}", method=method, data=body, content_type="application/json"
        )
        assert answer.status_code == 415


@pytest.mark.parametrize("length", [201, 5_000, 50_000])
def test_a_password_without_end_is_refused(olu: Staff, length: int) -> None:
    assert olu.sign_in(OLU, "x" * length).status_code == 400


def test_a_link_signs_nobody_out(olu: Staff) -> None:
    olu.sign_in(OLU)
    assert olu.get("/staff/tf-validate").headers["Location"] == "/staff/me"
    assert olu.get("/staff/me").status_code == 200


def test_a_new_password_leaves_no_row_of_an_old_session(app: Flask, olu: Staff) -> None:
    olu.sign_in(OLU)
    Staff(app.test_client()).sign_in(OLU)
    assert value("SELECT count(*) FROM staff_session") == 2
    new = "quite another one"
    fields = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    olu.post("/staff/change", fields)
    assert value("SELECT count(*) FROM staff_session") == 1


def test_a_hash_that_is_renewed_at_sign_in_waits_for_nobody(olu: Staff) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=512, parallelism=1).hash(PASSWORD)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE account SET password = :weak"), {"weak": weak})
    assert olu.sign_in(OLU).status_code == 302
    assert value("SELECT password FROM account") != weak
