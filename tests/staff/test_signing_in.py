"""Signing in to the workspace, and out of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import text
from werkzeug.test import TestResponse

from campaign.accounts import changing
from campaign.accounts.adding import add_account
from campaign.accounts.audit import SYSTEM
from campaign.app import workspace
from campaign.extensions import db
from tests.support.app import make_app
from tests.support.staff import PASSWORD, Staff

OLU, ADA = "olu@example.org", "ada@example.org"


@pytest.fixture
def olu(app: Flask) -> Staff:
    """An organiser who is not signed in yet."""
    add_account(OLU, "organiser", password=PASSWORD)
    return Staff(app.test_client())


@pytest.fixture
def ada(app: Flask) -> Staff:
    """An admin, likewise, who has set up nothing but a password."""
    add_account(ADA, "admin", password=PASSWORD)
    return Staff(app.test_client())


def outbox() -> list[tuple[str, str, dict[str, str]]]:
    with db.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT kind, recipient, shared FROM outgoing_mail ORDER BY id")
        )
        return [(row.kind, row.recipient, row.shared) for row in rows]


def record() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.scalars(text("SELECT action FROM audit_event ORDER BY number")))


def signed_in_with() -> list[str]:
    """What each sign-in on record was made with, the earliest first."""
    chosen = "SELECT details->>'with' FROM audit_event WHERE action = 'signed in' ORDER BY number"
    with db.engine.connect() as connection:
        return list(connection.scalars(text(chosen)))


def set_up_authenticator(browser: Staff) -> TOTP:
    """Go through the two steps; the device that results."""
    page = browser.post("/staff/tf-setup", {"setup": "authenticator"})
    found = re.search(r'class="key">([^<]+)<', page.text)
    assert found, page.text
    device = TOTP(key=found[1].replace("-", ""))
    action = re.findall(r'<form action="([^"]+)"', page.text)[-1]
    answer = browser.post(action, {"code": device.generate().token})
    assert answer.status_code == 302, answer.text
    return device


def test_the_right_password_opens_the_workspace(olu: Staff) -> None:
    assert olu.sign_in("Olu@Example.org").headers["Location"] == "/staff/"
    assert olu.get("/staff/").status_code == 200
    assert record() == ["account added", "signed in"]
    assert signed_in_with() == ["password alone"]


def test_whoever_is_led_to_sign_in_comes_back(olu: Staff) -> None:
    there = olu.get("/staff/me").headers["Location"]
    assert there == "/staff/login?next=/staff/me"
    answer = olu.post(there, {"email": OLU, "password": PASSWORD})
    assert answer.headers["Location"] == "/staff/me"


def test_nobody_is_led_to_another_site(olu: Staff) -> None:
    answer = olu.post(
        "/staff/login?next=https://evil.example/", {"email": OLU, "password": PASSWORD}
    )
    assert "Location" not in answer.headers


def without_token(answer: TestResponse) -> str:
    return re.sub(r'name="csrf_token"[^>]+>', "", answer.text)


def test_a_wrong_password_an_unknown_and_a_disabled_account_are_answered_alike(
    app: Flask, olu: Staff
) -> None:
    off = add_account("off@example.org", "organiser", password=PASSWORD)
    changing.set_active(off, active=False, actor=SYSTEM)
    answers = [
        Staff(app.test_client()).sign_in(OLU, "not the password"),
        Staff(app.test_client()).sign_in("nobody@example.org"),
        Staff(app.test_client()).sign_in("off@example.org"),
    ]
    pages = [without_token(a).replace("off@", "olu@").replace("nobody@", "olu@") for a in answers]
    assert {a.status_code for a in answers} == {200}
    assert len(set(pages)) == 1
    assert "do not belong together" in pages[0]


def test_asking_for_a_new_password_tells_nobody_who_has_an_account(app: Flask, olu: Staff) -> None:
    known = olu.post("/staff/reset", {"email": OLU})
    other = Staff(app.test_client()).post("/staff/reset", {"email": "nobody@example.org"})
    assert without_token(known).replace(OLU, "") == without_token(other).replace(
        "nobody@example.org", ""
    )
    assert [(kind, to) for kind, to, _ in outbox()] == [("staff-reset", OLU)]


def test_a_new_password_is_chosen_by_the_link_in_the_mail_once(olu: Staff) -> None:
    olu.post("/staff/reset", {"email": OLU})
    link = outbox()[0][2]["link"]
    assert link.startswith("http://127.0.0.1:8000/staff/reset/")
    path = link.removeprefix("http://127.0.0.1:8000")
    new = {"password": "quite another one", "password_confirm": "quite another one"}
    assert olu.get(path).status_code == 200
    assert olu.post(path, new).headers["Location"] == "/staff/login"
    assert olu.post(path, new).headers["Location"] == "/staff/reset"
    assert olu.sign_in(OLU).status_code == 200
    assert olu.sign_in(OLU, "quite another one").status_code == 302
    assert ("staff-notice", OLU) in [(kind, to) for kind, to, _ in outbox()]


def test_a_weak_password_is_refused_with_the_reason(olu: Staff) -> None:
    olu.post("/staff/reset", {"email": OLU})
    path = outbox()[0][2]["link"].removeprefix("http://127.0.0.1:8000")
    for password, reason in (("short", "at least 10"), ("aaaaaaaaaaaa", "different characters")):
        answer = olu.post(path, {"password": password, "password_confirm": password})
        assert reason in answer.text


def test_an_admin_sets_up_a_second_factor_before_anything_else(ada: Staff) -> None:
    assert ada.sign_in(ADA).headers["Location"].startswith("/staff/tf-setup")
    assert ada.get("/staff/audit").headers["Location"].startswith("/staff/login")
    set_up_authenticator(ada)
    assert ada.get("/staff/audit").status_code == 200


def test_a_first_second_factor_and_new_recovery_codes_are_on_record_and_told(ada: Staff) -> None:
    ada.sign_in(ADA)
    set_up_authenticator(ada)
    ada.post("/staff/mf-recovery-codes", {"generate_new_codes": "y"})
    told = ["second factor set up", "recovery codes made"]
    assert record() == ["account added", told[0], "signed in", told[1]]
    assert [(to, shared["what"]) for _, to, shared in outbox()] == [(ADA, one) for one in told]


def test_a_wrong_code_while_setting_up_leads_back_to_a_picture(app: Flask, ada: Staff) -> None:
    ada.sign_in(ADA)
    ada.post("/staff/tf-setup", {"setup": "authenticator"})
    wrong = ada.post("/staff/tf-validate", {"code": "000000"})
    assert "Show a new picture" in wrong.text
    # There are none yet, and asking for one would end the set-up.
    assert "recovery code" not in wrong.text
    device = set_up_authenticator(ada)
    assert ada.get("/staff/audit").status_code == 200
    # Whoever has set up a factor is offered a recovery code, and no other telephone.
    again = Staff(app.test_client())
    again.sign_in(ADA)
    wrong = again.post("/staff/tf-validate", {"code": device.generate().token})
    assert "Use a recovery code" in wrong.text
    assert "picture" not in wrong.text


def test_a_factor_that_its_owner_removes_is_on_record_and_told(olu: Staff) -> None:
    olu.sign_in(OLU)
    set_up_authenticator(olu)
    assert olu.post("/staff/tf-setup", {"setup": "disable"}).status_code == 302
    assert record()[2:] == ["second factor changed", "second factor removed"]
    assert [shared["what"] for _, _, shared in outbox()] == record()[2:]


def test_with_a_second_factor_the_password_alone_opens_nothing(app: Flask, ada: Staff) -> None:
    ada.sign_in(ADA)
    device = set_up_authenticator(ada)
    again = Staff(app.test_client())
    assert again.sign_in(ADA).headers["Location"].startswith("/staff/tf-validate")
    again.email = ""
    assert again.get("/staff/").headers["Location"].startswith("/staff/login")
    wrong = again.post("/staff/tf-validate", {"code": "000000"})
    assert wrong.status_code == 200
    next_code = device.generate(time=device.generate().expire_time + 1).token
    assert again.post("/staff/tf-validate", {"code": next_code}).status_code == 302
    assert again.get("/staff/").status_code == 200
    # It was set up once: the second sign-in with a code is no change of the account.
    assert [what for what in record() if "factor" in what] == ["second factor set up"]
    assert signed_in_with() == ["authenticator", "authenticator"]


def test_a_recovery_code_works_once(app: Flask, ada: Staff) -> None:
    ada.sign_in(ADA)
    set_up_authenticator(ada)
    page = ada.post("/staff/mf-recovery-codes", {"generate_new_codes": "y"})
    codes = re.findall(r"<li>([0-9a-z-]{10,})</li>", page.text)
    assert len(codes) == 10
    with db.engine.connect() as connection:
        kept = connection.scalar(text("SELECT mf_recovery_codes::text FROM account"))
    assert codes[0] not in str(kept)
    for expected in (302, 200):
        again = Staff(app.test_client())
        again.sign_in(ADA)
        again.email = ""
        assert again.post("/staff/mf-recovery", {"code": codes[0]}).status_code == expected
    assert signed_in_with() == ["authenticator", "recovery code"]


def test_the_secret_of_an_authenticator_is_not_readable_in_the_database(ada: Staff) -> None:
    ada.sign_in(ADA)
    device = set_up_authenticator(ada)
    with db.engine.connect() as connection:
        kept = str(connection.scalar(text("SELECT tf_totp_secret FROM account")))
    assert kept
    assert device.base32_key not in kept


def test_signing_out_makes_a_copied_cookie_worthless(app: Flask, olu: Staff) -> None:
    olu.sign_in(OLU)
    cookie = olu.client.get_cookie("groundswell_staff", path="/staff")
    assert cookie
    olu.post("/staff/logout")
    thief = app.test_client()
    thief.set_cookie("groundswell_staff", cookie.value, path="/staff")
    assert thief.get("/staff/me").headers["Location"].startswith("/staff/login")


def test_signing_in_begins_a_new_session(olu: Staff) -> None:
    olu.get("/staff/login")
    before = olu.client.get_cookie("groundswell_staff", path="/staff")
    olu.sign_in(OLU)
    after = olu.client.get_cookie("groundswell_staff", path="/staff")
    assert before
    assert after
    assert before.value != after.value
    assert after.path == "/staff"
    assert after.http_only


def test_changing_the_password_ends_every_other_session(app: Flask, olu: Staff) -> None:
    olu.sign_in(OLU)
    other = Staff(app.test_client())
    other.sign_in(OLU)
    new = "quite another one"
    olu.post(
        "/staff/change",
        {"password": PASSWORD, "new_password": new, "new_password_confirm": new},
    )
    assert olu.get("/staff/me").status_code == 200
    assert other.get("/staff/me").status_code == 303


def test_a_session_ends_by_itself(olu: Staff) -> None:
    olu.sign_in(OLU)
    for column, age in (("seen_at", "3 hours"), ("begun_at", "13 hours")):
        with db.engine.begin() as connection:
            connection.execute(
                text(f"UPDATE staff_session SET {column} = now() - :age ::interval"), {"age": age}
            )
        assert olu.get("/staff/me").status_code == 303
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE staff_session SET seen_at = now(), begun_at = now()"))
        assert olu.get("/staff/me").status_code == 200


def test_a_disabled_account_is_out_at_once(olu: Staff) -> None:
    olu.sign_in(OLU)
    with db.engine.connect() as connection:
        number = connection.scalar(text("SELECT id FROM account"))
    changing.set_active(int(number or 0), active=False, actor=SYSTEM)
    assert olu.get("/staff/me").status_code == 303


def test_a_form_without_its_token_is_refused(olu: Staff) -> None:
    olu.sign_in(OLU)
    answer = olu.client.post("/staff/me/name", data={"name": "Mallory"})
    assert answer.status_code == 400


def test_public_pages_set_no_cookie_and_see_none(app: Flask, olu: Staff) -> None:
    olu.sign_in(OLU)
    answer = olu.get("/")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_in_production_the_demo_admin_needs_a_second_factor_too(
    app: Flask, redis_url: str, tmp_path: Path
) -> None:
    settings = app.extensions["groundswell"]
    live = make_app(settings.database_url, redis_url, tmp_path, environment="production")
    add_account(ADA, "admin", password=PASSWORD, demo=True)
    assert Staff(app.test_client()).sign_in(ADA).headers["Location"] == "/staff/"
    answer = Staff(live.test_client()).sign_in(ADA)
    assert answer.headers["Location"].startswith("/staff/tf-setup")
    for one in (live, workspace(live)):
        with one.app_context():
            db.engine.dispose()
