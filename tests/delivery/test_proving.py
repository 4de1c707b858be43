"""What a supporter is told of deliveries, and receipts that prove it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from flask import Flask

from campaign.delivery import receipts
from campaign.delivery.erasing import erase
from campaign.delivery.errors import BadPackage
from campaign.delivery.keys import own_fingerprint
from campaign.delivery.proving import HandedOver, NotProvable, handed_over, receipt
from campaign.errors import NotFound
from tests.delivery.making import (
    MINISTER,
    TAKEN,
    change,
    compiled,
    csv_table,
    packed,
    petition,
    sign,
    sign_many,
)
from tests.support.making import rows

SENT = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)


def hand_over(number: int = 1, state: str = "sent") -> None:
    change(
        "UPDATE delivery SET state = :s, sent_at = :at WHERE number = :n",
        s=state,
        at=SENT,
        n=number,
    )
    change(TAKEN)


def proven(data_dir: Path, signature_id: int, delivery: int = 1) -> str:
    """The sentence that the receipt proves, with the key of this installation."""
    own = own_fingerprint(data_dir)
    assert own
    return receipts.check(receipt(signature_id, delivery).data, {own})[0]


def test_only_what_was_handed_over_is_told(app: Flask, tmp_path: Path) -> None:
    petition()
    ids = [sign(), sign()]
    late = [sign(state="pending")]
    compiled(tmp_path)
    for state in ("ready", "requested", "compiling", "failed", "cancelled"):
        change("UPDATE delivery SET state = :s", s=state)
        assert handed_over(ids[0]) == []
        with pytest.raises(NotFound):
            receipt(ids[0], 1)
    for state in ("sent", "acknowledged"):
        hand_over(1, state)
        assert handed_over(ids[1]) == [
            HandedOver(
                delivery=1,
                official="Ada Okafor, Mayor, City of Harrow Bay",
                number=2,
                count=2,
                gapless=True,
                on_paper=False,
                sent_at=SENT,
                acknowledged_at=None,
                provable=True,
            )
        ]
        assert handed_over(late[0]) == []
    for absent in ((late[0], 1), (ids[0], 2), (ids[0], 10**17), (999, 1)):
        with pytest.raises(NotFound):
            receipt(*absent)


def test_a_receipt_proves_the_row_as_it_was_delivered(
    app: Flask, data_dir: Path, tmp_path: Path
) -> None:
    petition()
    texts = ("=1+1", 'A "quote", a comma\r\nand a line;=2', "\u200b李\x01", "x" * 40_000)
    ids = [sign(f"{text[:9]} No {n}", text) for n, text in enumerate(texts)]
    table = csv_table(packed(compiled(tmp_path).path)["signatures.csv"])[1:]
    hand_over()
    for one, row in zip(ids, table, strict=True):
        assert json.loads(receipt(one, 1).data)["row"] == row
        assert row[1] in proven(data_dir, one)
    assert receipt(ids[0], 1).slug == "night-buses"


def test_everybodys_receipt_holds_also_past_a_gap_and_a_chunk(
    app: Flask, data_dir: Path, tmp_path: Path
) -> None:
    petition()
    sign_many(1_100)
    compiled(tmp_path)
    ids = [row[0] for row in rows("SELECT signature_id FROM delivery_number ORDER BY number")]
    change("UPDATE signature SET state = 'withdrawn' WHERE id = :i", i=ids[4])
    compiled(tmp_path, MINISTER)
    hand_over(1)
    hand_over(2)
    for number in (1, 4, 6, 1024, 1025, 1100):
        one = ids[number - 1]
        assert f"number {number:,} of the 1,100" in proven(data_dir, one, 1)
        assert f"number {number:,}, one of the 1,099" in proven(data_dir, one, 2)
        assert [held.gapless for held in handed_over(one)] == [True, False]
    # Who has withdrawn since was in the first, and may prove it.
    assert "number 5 of the 1,100" in proven(data_dir, ids[4])
    assert [held.delivery for held in handed_over(ids[4])] == [1]


def test_a_receipt_that_would_be_wrong_is_not_made(app: Flask, tmp_path: Path) -> None:
    petition()
    one = sign("Zoë")
    compiled(tmp_path)
    hand_over()
    change("UPDATE signature SET name = 'Zoë II' WHERE id = :i", i=one)
    with pytest.raises(NotProvable, match="have changed since"):
        receipt(one, 1)


def test_a_package_from_before_there_were_receipts_gives_none(app: Flask, tmp_path: Path) -> None:
    petition()
    one = sign()
    compiled(tmp_path)
    hand_over()
    change("UPDATE delivery SET statement = NULL, root = NULL")
    change("DELETE FROM delivery_leaves")
    assert [held.provable for held in handed_over(one)] == [False]
    with pytest.raises(NotProvable):
        receipt(one, 1)


def test_the_official_is_called_as_on_that_day(app: Flask, tmp_path: Path) -> None:
    petition()
    one = sign()
    compiled(tmp_path)
    hand_over()
    change("UPDATE official SET name = 'Her Successor', title = ''")
    assert handed_over(one)[0].official == "Ada Okafor, Mayor, City of Harrow Bay"
    change("UPDATE delivery SET statement = NULL")
    assert handed_over(one)[0].official == "Her Successor, City of Harrow Bay"


def test_erasing_takes_ones_own_receipt_and_nobody_elses(
    app: Flask, data_dir: Path, tmp_path: Path
) -> None:
    petition()
    ids = [sign(f"Person {number}") for number in range(1, 8)]
    compiled(tmp_path)
    hand_over()
    before = receipt(ids[2], 1).data
    erase(ids[2])
    with pytest.raises(NotProvable):
        receipt(ids[2], 1)
    assert [(held.number, held.provable) for held in handed_over(ids[2])] == [(3, False)]
    for number, one in enumerate(ids, 1):
        if number != 3:
            assert f"Person {number} is number {number} of the 7" in proven(data_dir, one)
    # What they have downloaded stays valid, and cannot be made out of what is left here.
    own = own_fingerprint(data_dir)
    assert own
    assert receipts.check(before, {own})[0].startswith("Person 3 is number 3")
    forged = json.loads(before) | {"salt": "00" * 16}
    with pytest.raises(BadPackage):
        receipts.check(json.dumps(forged).encode(), {own})
