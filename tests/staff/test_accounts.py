"""Managing accounts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.accounts.adding import add_account
from campaign.extensions import db
from tests.staff.test_signing_in import set_up_authenticator
from tests.support.staff import PASSWORD, Staff


def value(sql: str, **values: object) -> object:
    with db.engine.connect() as connection:
        return connection.scalar(text(sql), values)


def number_of(email: str) -> int:
    return int(str(value("SELECT id FROM account WHERE email = :email", email=email)))


def test_somebody_invited_chooses_a_password_and_is_in(
    app: Flask, staff: Callable[[str], Staff]
) -> None:
    admin = staff("admin")
    answer = admin.post("/staff/accounts", {"email": "New@Example.org", "role": "organiser"})
    assert answer.status_code == 303
    assert value("SELECT kind FROM outgoing_mail") == "staff-invitation"
    link = str(value("SELECT shared->>'link' FROM outgoing_mail"))
    path = link.removeprefix("http://127.0.0.1:8000")
    guest = Staff(app.test_client())
    assert guest.sign_in("new@example.org", "").status_code == 200
    guest.post(path, {"password": PASSWORD, "password_confirm": PASSWORD})
    assert guest.sign_in("new@example.org").status_code == 302
    assert guest.get("/staff/").status_code == 200
    assert guest.get("/staff/accounts").status_code == 403


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"email": "not an address", "role": "admin"}, "correct format"),
        ({"email": "x@example.org", "role": "emperor"}, "Choose organiser or admin"),
        ({"email": "admin@example.org", "role": "admin"}, "an account with this address"),
        ({"email": "x@example.org", "role": "admin", "name": "a\u202eb"}, "ordinary punctuation"),
        ({"email": "x@example.org", "role": "admin", "name": "x" * 200}, "at most 120"),
        ({"email": "x\x00@example.org", "role": "admin"}, "correct format"),
    ],
)
def test_a_wrong_invitation_is_refused_with_the_reason_and_what_was_typed(
    staff: Callable[[str], Staff], fields: dict[str, object], reason: str
) -> None:
    answer = staff("admin").post("/staff/accounts", fields)
    assert answer.status_code == 400
    assert reason in answer.text
    assert value("SELECT count(*) FROM account") == 1
    assert value("SELECT count(*) FROM outgoing_mail") == 0


def test_the_last_admin_stays_one(staff: Callable[[str], Staff]) -> None:
    admin = staff("admin")
    mine = number_of("admin@example.org")
    for path, fields in (("role", {"role": "organiser"}), ("active", {"active": "n"})):
        page = admin.post(f"/staff/accounts/{mine}/{path}", fields, follow_redirects=True)
        assert "the last admin" in page.text
    # One who was invited and has no password yet could not take over.
    add_account("other@example.org", "admin")
    page = admin.post(f"/staff/accounts/{mine}/active", {"active": "n"}, follow_redirects=True)
    assert "the last admin" in page.text


def test_another_admin_may_change_an_admin_and_signs_them_out(
    staff: Callable[[str], Staff],
) -> None:
    admin, organiser = staff("admin"), staff("organiser")
    theirs = number_of("organiser@example.org")
    assert organiser.get("/staff/accounts").status_code == 403
    admin.post(f"/staff/accounts/{theirs}/role", {"role": "admin"})
    assert organiser.get("/staff/").status_code == 303
    organiser.sign_in("organiser@example.org")
    assert organiser.get("/staff/accounts").status_code == 200


def test_sessions_are_seen_and_ended(staff: Callable[[str], Staff]) -> None:
    admin, organiser = staff("admin"), staff("organiser")
    theirs = number_of("organiser@example.org")
    assert "127.0.0.1" in admin.get(f"/staff/accounts/{theirs}").text
    admin.post(f"/staff/accounts/{theirs}/sessions")
    assert organiser.get("/staff/").status_code == 303
    assert "Not signed in anywhere" in admin.get(f"/staff/accounts/{theirs}").text


def test_everything_done_to_an_account_is_on_record(staff: Callable[[str], Staff]) -> None:
    admin = staff("admin")
    admin.post("/staff/accounts", {"email": "new@example.org", "role": "organiser"})
    theirs = number_of("new@example.org")
    admin.post(f"/staff/accounts/{theirs}/role", {"role": "admin"})
    admin.post(f"/staff/accounts/{theirs}/active", {"active": "n"})
    page = admin.get("/staff/audit?subject=account:new@example.org").text
    for action in ("account added", "role changed", "account disabled"):
        assert action in page
    assert page.count(">admin@example.org</td>") == 3


@pytest.mark.parametrize("path", ["0", "999999999999", "99999999999999999999999999", "x"])
def test_an_account_that_does_not_exist_is_not_found(
    staff: Callable[[str], Staff], path: str
) -> None:
    assert staff("admin").get(f"/staff/accounts/{path}").status_code == 404


def test_lost_factors_are_removed_by_an_admin_or_at_the_shell(
    app: Flask, staff: Callable[[str], Staff]
) -> None:
    admin = staff("admin")
    add_account("ada@example.org", "admin", password=PASSWORD)
    for how in ("page", "shell"):
        ada = Staff(app.test_client())
        assert ada.sign_in("ada@example.org").headers["Location"].startswith("/staff/tf-setup")
        set_up_authenticator(ada)
        assert (
            Staff(app.test_client())
            .sign_in("ada@example.org")
            .headers["Location"]
            .startswith("/staff/tf-validate")
        )
        if how == "page":
            admin.post(f"/staff/accounts/{number_of('ada@example.org')}/factors")
        else:
            done = app.test_cli_runner().invoke(args=["staff", "forget-factors", "ada@example.org"])
            assert done.exit_code == 0
        assert ada.get("/staff/me").status_code == 303
    assert value("SELECT count(*) FROM audit_event WHERE action = 'second factors removed'") == 2
    assert value("SELECT count(*) FROM outgoing_mail WHERE shared->>'what' LIKE '%removed'") == 2


def test_an_unknown_account_is_said_at_the_shell(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["staff", "forget-factors", "nobody@example.org"])
    assert (done.exit_code, "there is no account" in done.output) == (1, True)
