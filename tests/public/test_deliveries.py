"""The page of what was delivered, for everybody."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.delivery.answering import publish_answer
from campaign.delivery.sending import send_delivery
from campaign.links import make_token
from campaign.mail.sending import send_due
from tests.delivery.handing import ADMIN, TO_MAYOR, handed_over, ready, sent, supporters
from tests.delivery.making import MAYOR, MINISTER, SLUG, TAKEN, change, petition
from tests.support.making import rows, value
from tests.support.smtp import Office

PAGE = f"/campaigns/{SLUG}/deliveries"


def read(app: Flask, path: str = PAGE) -> str:
    app.extensions["groundswell.pages"].forget()
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    return answer.text


def test_before_anything_was_delivered_the_page_says_so(app: Flask) -> None:
    petition()
    supporters(1)
    ready()
    assert "Nothing has been delivered yet" in read(app)
    assert PAGE not in read(app, f"/campaigns/{SLUG}")


def test_everybody_reads_what_was_delivered_and_nobodys_name_or_address(app: Flask) -> None:
    people = _delivered()
    page = read(app)
    for words in ("2 signatures", "Ada Okafor", "has not acknowledged it yet", "ab" * 32):
        assert words in page
    assert value("SELECT sha256 FROM delivery") in page
    change(
        "UPDATE delivery SET state = 'acknowledged', acknowledged_at = '2026-11-25T12:00Z',"
        " acknowledged_by = 'Rahel Osei, Clerk'"
    )
    page = read(app)
    assert "25 November 2026" in page
    assert "The office acknowledged it" in page
    for secret in (*people, ADMIN.name, TO_MAYOR, "Person 0", "Rahel", "@"):
        assert secret not in page
    assert f'href="{PAGE}"' in read(app, f"/campaigns/{SLUG}")


def test_whose_office_it_was_stays_though_somebody_else_holds_it_by_now(app: Flask) -> None:
    _delivered()
    office = make_token("office", value("SELECT min(id) FROM office_link"))
    publish_answer(office, SLUG, 1, {"answer": "We will.", "name": "Rahel", "role": "Clerk"})
    change("UPDATE official SET name = 'Newly Elected', title = 'Another Office'")
    # The campaign itself asks whoever holds the office now.
    assert "Ada Okafor" in read(app, f"/campaigns/{SLUG}")
    assert "Ada Okafor" in read(app)
    assert "Newly Elected" not in read(app)


def _delivered() -> list[str]:
    petition()
    people = supporters(2)
    sent()
    change(TAKEN)
    change("UPDATE delivery SET root = decode(repeat('ab', 32), 'hex')")
    return people


def test_paper_and_a_slice_are_told(app: Flask) -> None:
    handed_over(3)
    change(TAKEN)
    change(
        "UPDATE delivery SET paper_numbers = '{[2,4)}', countries = '{GB,DE}',"
        " postcodes = '{N1,E8}'"
    )
    page = read(app)
    assert "3 signatures, 2 of them on paper" in page
    assert "United Kingdom, Germany" in " ".join(page.split())
    assert "postcodes that begin with N1, E8" in page


@pytest.mark.parametrize("state", ["requested", "compiling", "ready", "failed", "cancelled"])
def test_only_what_was_sent_is_shown(app: Flask, client: FlaskClient, state: str) -> None:
    handed_over(1)
    change(TAKEN)
    change("UPDATE delivery SET state = :state, statement = '{}'", state=state)
    assert "Nothing has been delivered yet" in read(app)
    assert client.get(f"{PAGE}/1.json").status_code == 404


def test_the_statement_is_served_as_it_was_sealed(app: Flask, client: FlaskClient) -> None:
    handed_over(1)
    change(TAKEN)
    change("UPDATE delivery SET statement = NULL")
    assert client.get(f"{PAGE}/1.json").status_code == 404
    assert ".json" not in read(app)
    sealed = '{"seal":{"signature":"ab"},"statement":{"title":"Ö, 李"}}'
    change("UPDATE delivery SET statement = :sealed", sealed=sealed)
    answer = client.get(f"{PAGE}/1.json")
    assert answer.data.decode() == sealed
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"].startswith("public")
    assert f"{PAGE}/1.json" in read(app)
    for other in ("2", "0", "9" * 30, "x"):
        assert client.get(f"{PAGE}/{other}.json").status_code == 404


def test_a_draft_has_no_such_page(app: Flask, client: FlaskClient) -> None:
    handed_over(1)
    change(TAKEN)
    change("UPDATE campaign SET state = 'draft'")
    change("UPDATE delivery SET statement = '{}'")
    for path in (PAGE, f"{PAGE}/1.json", "/campaigns/none/deliveries"):
        assert client.get(path).status_code == 404


def test_the_latest_comes_first_and_each_campaign_shows_its_own(app: Flask) -> None:
    handed_over(1)
    change(TAKEN)
    supporters(1)
    sent(MINISTER)
    change(TAKEN)
    petition("other")
    assert rows("SELECT count(*) FROM delivery") == [(2,)]
    page = read(app)
    assert page.index("李 Zoë") < page.index("Ada Okafor")
    assert "Nothing has been delivered yet" in read(app, "/campaigns/other/deliveries")
    assert MAYOR not in page


def test_what_came_back_is_not_public(app: Flask, client: FlaskClient, office: Office) -> None:
    office.answers[TO_MAYOR] = "550 no such mailbox"
    handed_over(1)
    for _ in range(2):  # While the mail waits, and when it was refused.
        assert "Nothing has been delivered yet" in read(app)
        assert f'href="{PAGE}"' not in read(app, f"/campaigns/{SLUG}")
        assert client.get(f"{PAGE}/1.json").status_code == 404
        send_due()
    office.answers.clear()
    send_delivery(SLUG, 1, actor=ADMIN)
    send_due()
    assert "Ada Okafor" in read(app)
    assert f'href="{PAGE}"' in read(app, f"/campaigns/{SLUG}")
    assert client.get(f"{PAGE}/1.json").status_code == 200
