"""Nobody who has left is handed over: a package that holds them is discarded, and made anew."""

from __future__ import annotations

import pytest
from flask import Flask

from campaign.accounts.audit import Actor
from campaign.delivery.cancelling import cancel_delivery
from campaign.delivery.due import compile_due
from campaign.delivery.erasing import erase
from campaign.delivery.keeping import NotNow
from campaign.delivery.requesting import request_again
from campaign.delivery.sending import send_delivery
from campaign.delivery.settling import packages
from campaign.signatures.withdrawing import withdraw
from tests.delivery.handing import audit, ready, sent
from tests.delivery.making import SLUG, change, petition, sign
from tests.support.making import rows, value
from tests.support.staff import Staff

ADA = Actor("ada@example.org")
ONE = f"/staff/campaigns/{SLUG}/deliveries/1"


@pytest.fixture
def people(app: Flask) -> list[int]:
    petition()
    return [sign(f"Person {number}") for number in range(4)]


def exclude(signature_id: int) -> None:
    change("UPDATE signature SET state = 'excluded' WHERE id = :i", i=signature_id)


@pytest.mark.parametrize("leave", [withdraw, erase, exclude])
def test_a_package_with_somebody_who_left_is_not_sent(people: list[int], leave: object) -> None:
    ready()
    leave(people[2])  # type: ignore[operator]
    with pytest.raises(NotNow, match="1 of its signatures were taken back"):
        send_delivery(SLUG, 1, actor=ADA)
    assert rows("SELECT state, sent_at FROM delivery") == [("ready", None)]
    assert rows("SELECT FROM outgoing_mail WHERE kind LIKE 'delivery%'") == []


def test_it_is_discarded_and_made_anew_without_them(people: list[int]) -> None:
    ready()
    withdraw(people[2])
    cancel_delivery(SLUG, 1, actor=ADA)
    with pytest.raises(NotNow):
        send_delivery(SLUG, 1, actor=ADA)
    request_again(SLUG, 1, actor=ADA)
    compile_due()
    assert rows("SELECT state, file IS NULL, numbers::text FROM delivery ORDER BY number") == [
        ("cancelled", True, None),
        ("ready", False, "{[1,3),[4,5)}"),
    ]
    assert [path.suffix for path in packages().iterdir()].count(".zip") >= 1
    assert value("SELECT count(*) FROM delivery_leaves") == 1
    assert send_delivery(SLUG, 2, actor=ADA) == "attachment"
    assert ("delivery discarded", ADA.name) in audit(f"delivery:{SLUG}/1")


def test_what_was_sent_is_not_discarded(people: list[int]) -> None:
    sent()
    withdraw(people[0])
    with pytest.raises(NotNow, match="is sent"):
        cancel_delivery(SLUG, 1, actor=ADA)
    assert value("SELECT state FROM delivery") == "sent"


def test_a_package_of_the_command_line_stays_where_it_is(people: list[int]) -> None:
    ready()
    change("UPDATE delivery SET file = '/elsewhere/package.zip'")
    with pytest.raises(NotNow, match="command line"):
        cancel_delivery(SLUG, 1, actor=ADA)
    assert value("SELECT state FROM delivery") == "ready"


def test_the_page_says_so(people: list[int], staff: object) -> None:
    admin: Staff = staff("admin")  # type: ignore[operator]
    ready()
    assert "Send it to the office" in admin.get(ONE).text
    withdraw(people[1])
    page = admin.get(ONE).text
    assert "1 of its signatures was taken back since this package was compiled" in page
    assert "Send it to the office" not in page
    admin.post(f"{ONE}/cancel")
    assert "Request the same again" in admin.get(ONE).text
