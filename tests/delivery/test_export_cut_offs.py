"""The same cut-off, the same rows: byte for byte, whatever happened since."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.delivery.choosing import COLUMNS
from campaign.delivery.ordering import order_again
from campaign.extensions import db
from tests.delivery.export_making import (
    ADA,
    exported,
    made,
    order,
)
from tests.delivery.making import SLUG, change, csv_table, petition, sign, sign_many
from tests.support.making import rows, value

EVERY_STATE = ("confirmed", "pending", "withdrawn", "excluded")
pytestmark = pytest.mark.usefixtures("no_exports")


def test_the_same_cut_off_gives_the_same_bytes_whatever_happened_since(app: Flask) -> None:
    petition()
    chosen = (tuple(COLUMNS), EVERY_STATE)
    stays, leaves, fake, pending, back = (
        sign(name, state="pending" if name == "Pending" else "confirmed")
        for name in ("Stays", "Leaves", "Fake", "Pending", "Back")
    )
    change("UPDATE signature SET state = 'excluded' WHERE id = :i", i=back)
    change("UPDATE signature SET confirmed_at = NULL WHERE id = :i", i=pending)
    first = order(*chosen)
    before = made(first)
    set_state = "UPDATE signature SET state = :s WHERE id = :i"
    change(set_state, s="withdrawn", i=leaves)
    change(set_state, s="excluded", i=fake)
    change("UPDATE signature SET state='confirmed', confirmed_at=now() WHERE id = :i", i=pending)
    change(set_state, s="confirmed", i=back)
    change(set_state, s="excluded", i=back)
    change(set_state, s="confirmed", i=back)
    change("UPDATE signature SET updates = NOT updates, public = NOT public WHERE id = :i", i=stays)
    sign("New")
    sign_many(20)  # They bear dates from before the cut-off.
    again = order_again(SLUG, first, actor=ADA)
    assert made(again) == before
    assert len(csv_table(before)) == 6
    assert len(csv_table(exported(*chosen))) == 6 + 21


def test_a_later_confirmation_is_not_in_an_earlier_export_of_confirmed(app: Flask) -> None:
    petition()
    later = sign("Later", state="pending")
    change("UPDATE signature SET confirmed_at = NULL")
    sign("There")
    first = order(("name",))
    before = made(first)
    change("UPDATE signature SET state='confirmed', confirmed_at=now() WHERE id = :i", i=later)
    # Even when it is excluded after that: at the cut-off it was pending.
    change("UPDATE signature SET state = 'excluded' WHERE id = :i", i=later)
    assert made(order_again(SLUG, first, actor=ADA)) == before
    assert csv_table(before) == [["name"], ["There"]]


def test_who_was_erased_is_in_no_export_any_more(app: Flask) -> None:
    petition()
    sign("Stays")
    erased = sign("Erased")
    first = order(("name",))
    made(first)
    change("UPDATE signature SET state = 'erased' WHERE id = :i", i=erased)
    assert csv_table(made(order_again(SLUG, first, actor=ADA))) == [["name"], ["Stays"]]


def test_what_was_under_way_at_the_order_changes_nothing_later(app: Flask) -> None:
    petition()
    stays, leaving = sign("Stays"), sign("Leaving")
    db.session.rollback()
    with db.engine.connect() as slow:
        slow.execute(text("UPDATE signature SET state = 'withdrawn' WHERE id = :i"), {"i": leaving})
        first = order(("name",))
        before = made(first)
        slow.commit()
    assert value("SELECT cut_off < requested_at FROM export")
    assert made(order_again(SLUG, first, actor=ADA)) == before
    assert [row[0] for row in csv_table(before)[1:]] == ["Stays", "Leaving"]
    assert stays < leaving


def test_confirming_writes_no_past_and_every_other_change_does(app: Flask) -> None:
    petition()
    one = sign("One", state="pending")
    change("UPDATE signature SET state='confirmed', confirmed_at=now() WHERE id = :i", i=one)
    assert rows("SELECT FROM signature_past") == []
    change("UPDATE signature SET comment = 'x', state = state WHERE id = :i", i=one)
    assert rows("SELECT FROM signature_past") == []
    change("UPDATE signature SET state = 'withdrawn' WHERE id = :i", i=one)
    assert rows("SELECT signature_id, state FROM signature_past") == [(one, "confirmed")]
