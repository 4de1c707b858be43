"""Handing over in the workspace: admins send, everybody there sees what became of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.delivery.answering import publish_answer
from campaign.delivery.discarding import discard_old_packages
from campaign.links import make_token
from campaign.mail.sending import send_due
from tests.delivery.handing import TO_MAYOR, audit, post_all, ready, supporters
from tests.delivery.making import MAYOR, SLUG, change, petition
from tests.support.making import rows, value
from tests.support.smtp import Office
from tests.support.staff import Staff

Sign = Callable[[str], Staff]
ALL = f"/staff/campaigns/{SLUG}/deliveries"
ONE = f"{ALL}/1"


@pytest.fixture
def admin(app: Flask, staff: Sign, office: Office) -> Staff:
    """An admin, and a package of three signatures that is ready."""
    petition()
    supporters(3)
    ready()
    return staff("admin")


def answered() -> None:
    token = make_token("office", value("SELECT max(id) FROM office_link"))
    publish_answer(token, SLUG, 1, {"answer": "We <b>will</b>.", "name": "Rahel", "role": ""})


def test_an_admin_sends_and_sees_what_becomes_of_it(admin: Staff) -> None:
    assert f"{ALL}/1" in admin.get(ALL).text
    page = admin.get(ONE).text
    assert "Send it to the office" in page
    assert TO_MAYOR in page
    assert admin.post(f"{ONE}/send").location == ONE
    page = admin.get(ONE).text
    assert "The package goes along." in page
    assert "badge-queued" in page
    post_all()
    page = admin.get(ONE).text
    assert "badge-queued" not in page
    assert "<strong>3</strong> mails, 3 of 3 signatures looked through" in page
    assert ("delivery sent", "admin@example.org") in audit(f"delivery:{SLUG}/1")


def test_a_mail_that_failed_is_told_and_can_be_sent_again(admin: Staff, office: Office) -> None:
    office.answers[TO_MAYOR] = "550 no such mailbox"
    admin.post(f"{ONE}/send")
    send_due()
    page = admin.get(ONE).text
    assert "The latest mail to the office was given up: server answered 550" in page
    assert "It begins when the mail to the office has been taken" in page
    assert "Not public yet" in page
    office.answers.clear()
    admin.post(f"{ONE}/send")
    send_due()
    page = admin.get(ONE).text
    assert "Not public yet" not in page
    assert "was given up" not in page
    assert "badge-failed" in page
    assert "badge-sent" in page


def test_what_cannot_be_sent_says_why(admin: Staff) -> None:
    change("UPDATE delivery SET state = 'failed'")
    assert admin.post(f"{ONE}/send").location == ONE
    assert "Delivery 1 is failed" in admin.get(ONE).text
    assert rows("SELECT FROM outgoing_mail") == []


def test_links_are_ended(app: Flask, admin: Staff) -> None:
    sent_link = f"/office/{_send(admin)}"
    assert app.test_client().get(sent_link).status_code == 200
    admin.post(f"{ONE}/revoke")
    assert app.test_client().get(sent_link).status_code == 410
    assert audit(f"official:{MAYOR}") == [("office links revoked", "admin@example.org")]


def _send(admin: Staff) -> str:
    admin.post(f"{ONE}/send")
    return make_token("office", value("SELECT max(id) FROM office_link"))


def test_a_mailing_is_stopped(admin: Staff) -> None:
    _send(admin)
    admin.post(f"{ONE}/mailings/1/stop")
    post_all()
    assert rows("SELECT state, mailed FROM supporter_mailing") == [("stopped", 0)]
    assert (
        "It had ended already" in admin.post(f"{ONE}/mailings/1/stop", follow_redirects=True).text
    )
    assert admin.post(f"{ONE}/mailings/9/stop").status_code == 404


def test_an_answer_is_hidden_and_shown_again(app: Flask, admin: Staff) -> None:
    _send(admin)
    answered()
    page = admin.get(ONE).text
    assert "We &lt;b&gt;will&lt;/b&gt;." in page
    admin.post(f"{ONE}/answers/1/hide")
    assert "hidden" in admin.get(ONE).text
    assert rows("SELECT hidden_by FROM office_answer") == [("admin@example.org",)]
    admin.post(f"{ONE}/answers/1/show")
    assert rows("SELECT hidden_at, hidden_by FROM office_answer") == [(None, None)]
    done = [action for action, _ in audit(f"delivery:{SLUG}/1")][-2:]
    assert done == ["answer hidden", "answer shown"]
    assert rows("SELECT state FROM supporter_mailing WHERE kind = 'answered'") == [("stopped",)]
    for number, answer in ((1, 9), (2, 1)):
        path = f"{ALL}/{number}/answers/{answer}/hide"
        assert admin.post(path).status_code == 404


def test_an_organiser_sees_and_does_nothing(admin: Staff, staff: Sign) -> None:
    sent_number = 1
    admin.post(f"{ONE}/send")
    answered()
    organiser = staff("organiser")
    page = organiser.get(ONE)
    assert page.status_code == 200
    assert '<form class="inline"' not in page.text
    before = rows("SELECT count(*) FROM audit_event")
    for end in (
        "send",
        "revoke",
        f"mailings/{sent_number}/stop",
        "answers/1/hide",
        "answers/1/show",
    ):
        assert organiser.post(f"{ONE}/{end}").status_code == 403
    assert rows("SELECT count(*) FROM audit_event") == before


def test_a_form_without_its_token_is_refused(admin: Staff) -> None:
    for end in ("send", "revoke", "mailings/1/stop", "answers/1/hide"):
        assert admin.client.post(f"{ONE}/{end}").status_code == 400
    assert value("SELECT state FROM delivery") == "ready"


def test_what_does_not_exist_is_not_found(admin: Staff) -> None:
    for path in (f"{ALL}/2", f"{ALL}/{'9' * 30}"):
        assert admin.get(path).status_code == 404
        assert admin.post(f"{path}/send").status_code == 404
    assert admin.get("/staff/campaigns/none/deliveries/1").status_code == 404


def test_a_package_whose_copy_is_deleted_cannot_be_sent_again(admin: Staff) -> None:
    _send(admin)
    change("UPDATE delivery SET sent_at = now() - interval '91 days'")
    assert discard_old_packages() == 1
    page = admin.post(f"{ONE}/send", follow_redirects=True).text
    assert "Our copy of this package was deleted, as its time was over." in page
    assert "made on the command line" not in page
    assert "Send it again" not in page
    assert value("SELECT count(*) FROM outgoing_mail WHERE office_link_id IS NOT NULL") == 1
