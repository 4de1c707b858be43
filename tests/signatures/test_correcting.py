"""Correcting: a supporter's details are put right, and nothing else comes out of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask

from campaign.delivery.erasing import erase
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.signatures import counting
from campaign.signatures.correcting import Details, NotCorrectable, correct, read_details
from tests.delivery.making import change
from tests.local.processes import until
from tests.support.crowd import expect_no_drift, put
from tests.support.making import make_campaign, rows, somebody_waits, value

ZOE = Details(name="Zoë Nguyễn", country="GB", postcode="", comment="")
BY_COUNTRY = """
    SELECT value, pending, confirmed, bounced FROM signature_tally
    WHERE dimension = 'country' AND day = '-infinity' AND (submitted > 0 OR bounced <> 0)
    ORDER BY value
"""
_FAILED = """
    INSERT INTO outgoing_mail (kind, recipient, language, shared, signature_id, state)
    VALUES ('confirm', 'x@example.org', 'en', '{}', :id, 'failed')
"""


def test_every_detail_is_put_right_and_what_was_there_before_is_kept(app: Flask) -> None:
    make_campaign()
    (one,) = put(1)
    new = Details(name="Zoë Nguyen", country="FR", postcode="75011", comment="At two.")
    assert correct(one, new) == ["name", "country", "postcode", "comment"]
    found = rows("SELECT name, country, postcode, comment, state FROM signature")
    assert found == [("Zoë Nguyen", "FR", "75011", "At two.", "confirmed")]
    assert rows("SELECT changed, name, country, postcode, comment FROM signature_correction") == [
        (["name", "country", "postcode", "comment"], "Zoë Nguyễn", "GB", "", "")
    ]


def test_saving_what_is_there_already_changes_nothing(app: Flask) -> None:
    make_campaign()
    (one,) = put(1)
    assert correct(one, replace(ZOE, postcode="N1 9GU")) == ["postcode"]
    assert correct(one, replace(ZOE, postcode="N1 9GU")) == []
    assert value("SELECT count(*) FROM signature_correction") == 1


@pytest.mark.parametrize("state", ["pending", "confirmed"])
def test_the_countries_stay_true_and_the_count_as_it_is(app: Flask, state: str) -> None:
    make_campaign()
    one, _ = put(2, state=state)
    expect_no_drift()
    before = rows(f"SELECT {state} FROM campaign_count")
    correct(one, replace(ZOE, country="FR"))
    expect_no_drift()
    assert rows(f"SELECT {state} FROM campaign_count") == before == [(2,)]
    n = (1, 0) if state == "pending" else (0, 1)
    assert rows(BY_COUNTRY) == [("FR", *n, 0), ("GB", *n, 0)]
    correct(one, ZOE)
    expect_no_drift()
    n = (2, 0) if state == "pending" else (0, 2)
    assert rows(BY_COUNTRY) == [("GB", *n, 0)]


@pytest.mark.parametrize("counted", [True, False])
def test_a_mail_that_failed_is_counted_where_its_supporter_is_now(
    app: Flask, counted: bool
) -> None:
    make_campaign()
    (one,) = put(1, state="pending")
    change(_FAILED, id=one)
    if counted:
        counting.fold()
    correct(one, replace(ZOE, country="FR"))
    expect_no_drift()
    assert rows(BY_COUNTRY) == [("FR", 1, 0, 1)]


def test_a_mail_that_is_just_being_counted_is_counted_in_one_country(app: Flask) -> None:
    make_campaign()
    (one,) = put(1, state="pending")
    change(_FAILED, id=one)

    def act() -> None:
        with app.app_context():
            correct(one, replace(ZOE, country="FR"))

    with ThreadPoolExecutor(1) as pool:
        with db.engine.begin() as connection:
            counting.take_turn(connection)
            connection.execute(counting._FOLD, {"batch": 10})
            acting = pool.submit(act)
            until(lambda: somebody_waits() or acting.done())
        acting.result()
    expect_no_drift()
    assert rows(BY_COUNTRY) == [("FR", 1, 0, 1)]


def test_another_name_or_comment_waits_for_approval_again(app: Flask) -> None:
    make_campaign()
    said = replace(ZOE, comment="I walk home.")
    (one,) = put(1, public=True, comment=said.comment)
    for new, waits in (
        (replace(said, country="FR", postcode="75011"), False),
        (replace(said, name="Zoë"), True),
        (replace(said, name="Zoë", comment="I walk home at two."), True),
    ):
        change("UPDATE signature SET comment_approved = true")
        correct(one, new)
        assert value("SELECT comment_approved IS NULL FROM signature") is waits


@pytest.mark.parametrize("state", ["withdrawn", "excluded", "erased"])
def test_what_is_out_cannot_be_corrected(app: Flask, state: str) -> None:
    make_campaign()
    (one,) = put(1, state="confirmed" if state == "erased" else state)
    if state == "erased":
        erase(one)
    before = rows("SELECT * FROM signature")
    with pytest.raises(NotCorrectable, match="can be corrected"):
        correct(one, replace(ZOE, name="Somebody Else"))
    with pytest.raises(NotFound):
        correct(one + 1, ZOE)
    assert rows("SELECT * FROM signature") == before
    assert rows("SELECT FROM signature_correction") == []


def test_the_rules_are_those_of_the_sign_form(app: Flask) -> None:
    with pytest.raises(Invalid) as wrong:
        read_details({"name": " ", "country": "XX", "postcode": "?", "comment": "x" * 1001})
    assert list(wrong.value.fields) == ["name", "country", "postcode", "comment"]
    assert read_details({"name": " Zoë  Nguyễn ", "country": "GB", "postcode": "n1 9gu"}) == (
        replace(ZOE, postcode="N1 9GU")
    )


def test_another_postcode_is_one_of_the_country_and_an_old_one_may_stay(app: Flask) -> None:
    make_campaign()
    (one,) = put(1)
    assert correct(one, replace(ZOE, postcode="SW1A1AA")) == ["postcode"]
    assert value("SELECT postcode FROM signature") == "SW1A 1AA"
    for wrong in (replace(ZOE, postcode="ABC"), replace(ZOE, country="DE", postcode="SW1A 1AA")):
        with pytest.raises(Invalid, match="postcode: Enter a postcode of your country"):
            correct(one, wrong)
    change("UPDATE signature SET postcode = 'OLD'")
    assert correct(one, replace(ZOE, name="Zoë Nguyen", postcode="OLD")) == ["name"]


def test_corrections_of_one_moment_take_turns_and_nothing_drifts(app: Flask) -> None:
    make_campaign()
    ids = put(3)

    def act(number: int) -> None:
        with app.app_context():
            if number % 5 == 4:
                counting.fold()
            else:
                country = ("FR", "DE", "GB")[number % 3]
                correct(ids[number % 2], replace(ZOE, country=country))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(30)))
    expect_no_drift()
    assert value("SELECT confirmed FROM campaign_count") == 3


def test_erasing_forgets_what_was_corrected(app: Flask) -> None:
    make_campaign()
    one, other = put(2)
    for each in (one, other):
        correct(each, replace(ZOE, name="Zoë"))
    erase(one)
    assert rows("SELECT signature_id FROM signature_correction") == [(other,)]
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM signature ORDER BY id").first() == ("",)
