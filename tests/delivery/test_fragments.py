"""Packages of slices: between their numbers, from the first to the last, are those of others."""

from __future__ import annotations

import pytest
from flask import Flask

from campaign.delivery import leaves, mailing
from campaign.delivery.due import compile_due
from campaign.delivery.leaving import left_since
from campaign.delivery.mailing import run_batch
from campaign.delivery.requesting import request_delivery
from campaign.delivery.sending import send_delivery
from campaign.delivery.slicing import Slice
from campaign.delivery.tracing import trace
from campaign.delivery.wishing import Wish
from campaign.extensions import db
from campaign.mail.sending import send_due
from tests.delivery.handing import ADMIN, MAILING, post_all, ready, told
from tests.delivery.making import MAYOR, MINISTER, SLUG, change, petition, sign
from tests.support.making import rows, value
from tests.support.smtp import Office

COUNTRIES = ("FR", "GB", "GB", "FR", "GB", "FR", "FR", "GB", "FR", "GB", "GB", "GB", "FR")
BRITISH = [2, 3, 5, 8, 10, 11, 12]
GONE = bytes(16)


@pytest.fixture
def people(app: Flask) -> list[int]:
    """Those who signed, by their numbers: delivery 1 holds all of them, delivery 2 the British."""
    petition()
    ids = [sign(country=country) for country in COUNTRIES]
    change("UPDATE signature SET updates = true")
    ready(MINISTER)
    request_delivery(SLUG, Wish(MAYOR, slice=Slice(("GB",))), actor=ADMIN)
    compile_due()
    assert value("SELECT numbers::text FROM delivery WHERE number = 2") == (
        "{[2,4),[5,6),[8,9),[10,13)}"
    )
    return ids


def delivery(number: int) -> int:
    return int(value("SELECT id FROM delivery WHERE number = :n", n=number))


def forgotten(number: int) -> list[int]:
    """The places in a delivery that have no salt."""
    count = value("SELECT row_count FROM delivery WHERE number = :n", n=number)
    with db.engine.connect() as connection:
        found = [leaves.proof(connection, delivery(number), index) for index in range(count)]
    return [index for index, proof in enumerate(found) if proof.salt == GONE]


@pytest.mark.parametrize(
    "gone", [[2], [12], [4], [2, 3], [1, 2, 5, 6, 10, 11, 12], [99], [], list(range(1, 14))]
)
def test_whose_salts_are_forgotten_is_found_by_their_numbers(
    people: list[int], gone: list[int]
) -> None:
    campaign = value("SELECT id FROM campaign")
    with db.engine.begin() as connection:
        leaves.forget(connection, campaign, gone)
    assert forgotten(1) == [number - 1 for number in gone if number <= len(COUNTRIES)]
    assert forgotten(2) == [at for at, number in enumerate(BRITISH) if number in gone]


def test_only_those_who_are_in_it_have_left_it(people: list[int]) -> None:
    for number in (1, 4, 5, 9, 12, 13):
        signature_id = people[number - 1]
        change("UPDATE signature SET state = 'withdrawn' WHERE id = :i", i=signature_id)
    with db.engine.connect() as connection:
        assert left_since(connection, delivery(1)) == 6
        assert left_since(connection, delivery(2)) == 2


def test_a_delivery_without_numbers_has_lost_nobody(people: list[int]) -> None:
    request_delivery(SLUG, Wish(MAYOR), actor=ADMIN)
    with db.engine.connect() as connection:
        assert left_since(connection, delivery(3)) == 0


def test_only_those_who_are_in_it_are_told(
    people: list[int], office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "MOST_WAITING", 3)
    monkeypatch.setattr(mailing, "LEAST", 1)
    send_delivery(SLUG, 2, actor=ADMIN)
    send_due()
    assert trace(SLUG, 2).mailings[0].passed == 0
    assert run_batch()
    assert rows(MAILING) == [("running", 3, 5)]
    assert (trace(SLUG, 2).mailings[0].passed, trace(SLUG, 2).mailings[0].total) == (3, 7)
    post_all()
    assert [number for _, number in told()] == BRITISH
    assert trace(SLUG, 2).mailings[0].passed == 7
