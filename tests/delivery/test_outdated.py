"""What holds people who have left does not leave, unless an admin decides so; never the erased."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.delivery.acknowledging import acknowledge
from campaign.delivery.erasing import erase
from campaign.delivery.keeping import NotNow
from campaign.delivery.outdated import gone_since, stop_outdated_mails
from campaign.delivery.sending import send_delivery
from campaign.extensions import db
from campaign.links import make_token
from campaign.mail.sending import send_due
from campaign.signatures.withdrawing import withdraw
from tests.delivery.handing import ADMIN, audit, ready, sent
from tests.delivery.making import SLUG, change, petition, sign, sign_on_paper
from tests.support.making import rows, value
from tests.support.smtp import Office
from tests.support.staff import Staff
from worker.mail import send_due_mail

Leave = Callable[[int], None]
ONE = f"/staff/campaigns/{SLUG}/deliveries/1"
LAST = "SELECT details FROM audit_event ORDER BY number DESC LIMIT 1"


@pytest.fixture
def people(app: Flask, office: Office) -> list[int]:
    petition()
    return [sign(f"Person {number}") for number in range(4)]


def exclude(signature_id: int) -> None:
    change("UPDATE signature SET state = 'excluded' WHERE id = :i", i=signature_id)


def send(left: int | None = None) -> str:
    return send_delivery(SLUG, 1, actor=ADMIN, left=left)


def token() -> str:
    return make_token("office", value("SELECT max(id) FROM office_link"))


def fetch(app: Flask) -> int:
    return app.test_client().post(f"/office/{token()}/{SLUG}/1/package").status_code


@pytest.mark.parametrize("leave", [withdraw, erase, exclude])
def test_it_is_not_mailed_again(people: list[int], leave: Leave) -> None:
    sent()
    send_due()
    leave(people[0])
    for state in ("sent", "acknowledged"):
        change("UPDATE delivery SET state = :state", state=state)
        with pytest.raises(NotNow, match=r"1 of its signatures were taken back.*Request another"):
            send()
    assert value("SELECT count(*) FROM outgoing_mail WHERE kind = 'delivery'") == 1


@pytest.mark.parametrize("leave", [withdraw, exclude])
def test_an_admin_may_decide_to_send_it_all_the_same(
    people: list[int], office: Office, leave: Leave
) -> None:
    ready()
    leave(people[0])
    leave(people[1])
    for wrong in (None, 0, 1, 3):
        with pytest.raises(NotNow, match="2 of its signatures"):
            send(left=wrong)
    assert send(left=2) == "attachment"
    assert rows(LAST)[0][0]["left"] == 2
    assert stop_outdated_mails() == 0
    assert send_due().sent == 1


def test_nobody_decides_that_for_somebody_erased(people: list[int]) -> None:
    ready()
    withdraw(people[0])
    erase(people[1])
    with pytest.raises(NotNow, match="1 of them were erased: it must be made anew"):
        send(left=2)
    assert rows("SELECT FROM outgoing_mail WHERE kind LIKE 'delivery%'") == []


def test_who_was_erased_is_counted_online_and_on_paper(people: list[int]) -> None:
    paper = [sign_on_paper(name) for name in ("Jo", "Kim", "Lu")]
    ready()
    erase(people[0])
    withdraw(people[1])
    change("UPDATE paper_signature SET state = 'erased', name = '' WHERE id = :i", i=paper[0])
    change("UPDATE paper_signature SET state = 'undone', name = '' WHERE id = :i", i=paper[1])
    sign(state="erased")
    with db.engine.connect() as connection:
        assert gone_since(connection, value("SELECT id FROM delivery")) == (4, 3)


@pytest.mark.parametrize("leave", [withdraw, erase, exclude])
def test_a_mail_that_waits_is_stopped(people: list[int], office: Office, leave: Leave) -> None:
    sent()
    assert stop_outdated_mails() == 0
    leave(people[0])
    send_due_mail()
    assert [mail for mail in office.accepted if mail.get_content_type() == "multipart/mixed"] == []
    assert rows("SELECT state, error FROM outgoing_mail WHERE kind = 'delivery'") == [
        ("failed", "not sent: 1 of its signatures were taken back before it left")
    ]
    assert audit(f"delivery:{SLUG}/1")[-1] == ("delivery mail stopped", "system")
    assert stop_outdated_mails() == 0


def test_what_was_decided_is_stopped_for_an_erasure(people: list[int], office: Office) -> None:
    ready()
    withdraw(people[0])
    send(left=1)
    withdraw(people[1])
    assert stop_outdated_mails() == 0
    erase(people[0])
    assert stop_outdated_mails() == 1


@pytest.mark.parametrize("leave", [withdraw, erase, exclude])
def test_an_office_does_not_fetch_what_it_has_not_acknowledged(
    app: Flask, people: list[int], leave: Leave
) -> None:
    sent()
    send_due()
    assert fetch(app) == 200
    leave(people[0])
    assert fetch(app) == 409
    acknowledge(token(), SLUG, 1, {"name": "Rahel", "role": ""})
    # That it was received needs no download: whoever is erased does not go out by it.
    assert fetch(app) == (409 if leave is erase else 200)


def test_an_office_fetches_what_was_decided_until_somebody_is_erased(
    app: Flask, people: list[int]
) -> None:
    ready()
    withdraw(people[0])
    send(left=1)
    withdraw(people[1])
    assert fetch(app) == 200
    erase(people[2])
    assert fetch(app) == 409


def test_the_page_offers_the_decision_and_says_what_happened(
    people: list[int], staff: Callable[[str], Staff]
) -> None:
    admin = staff("admin")
    ready()
    withdraw(people[0])
    page = admin.get(ONE).text
    assert "Send it all the same: 1 has left since" in page
    for wrong in ("0", "2", "x", "", "9" * 5_000):
        admin.post(f"{ONE}/send", data={"left": wrong})
    assert value("SELECT state FROM delivery") == "ready"
    admin.post(f"{ONE}/send", data={"left": "1"})
    assert value("SELECT state FROM delivery") == "sent"
    erase(people[1])
    send_due_mail()
    page = admin.get(ONE).text
    assert "not sent: 2 of its signatures were taken back before it left" in page
    assert "1 of them erased" in page
    assert "request another one, without them" in page
    assert "Put the address right" not in page
    assert "Send it all the same" not in page
    assert "Send it again" not in page
