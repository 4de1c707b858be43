"""What was corrected after it was delivered: old receipts prove the old row, and new the new."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from campaign.delivery.erasing import erase
from campaign.delivery.ordering import order_again
from campaign.delivery.proving import NotProvable, receipt
from campaign.signatures.correcting import Details, correct
from tests.delivery.export_making import ADA, exported, made, order
from tests.delivery.making import SLUG, compiled, csv_table, packed, petition, sign
from tests.delivery.test_proving import hand_over, proven
from tests.support.making import rows

ZOE = Details(name="Zoë", country="GB", postcode="N1 9GU", comment="")
NEW = Details(name="Zoë Nguyễn", country="FR", postcode="75011", comment="=1+1")


def test_a_receipt_proves_what_was_delivered_and_the_next_delivery_has_the_correction(
    app: Flask, data_dir: Path, tmp_path: Path
) -> None:
    petition()
    one, other = sign("Zoë"), sign("Ada")
    compiled(tmp_path)
    hand_over()
    before = receipt(one, 1).data
    assert correct(one, replace(ZOE, name="Zoe")) == ["name"]
    assert correct(one, NEW) == ["name", "country", "postcode", "comment"]
    # The same bytes as before, and of nobody else is anything changed.
    assert receipt(one, 1).data == before
    assert "Zoë is number 1 of the 2" in proven(data_dir, one)
    assert "Ada is number 2 of the 2" in proven(data_dir, other)
    package = compiled(tmp_path, everything=True).path
    hand_over(2)
    table = csv_table(packed(package)["signatures.csv"])
    assert table[1] == ["1", "Zoë Nguyễn", "75011", "FR", "2026-03-01", "'=1+1"]
    assert json.loads(receipt(one, 2).data)["row"] == table[1]
    assert "Zoë Nguyễn is number 1 of the 2" in proven(data_dir, one, 2)
    # And back again, which the second delivery has to survive.
    correct(one, ZOE)
    assert "Zoë Nguyễn is number 1 of the 2" in proven(data_dir, one, 2)
    assert receipt(one, 1).data == before


def test_erasing_takes_the_receipts_of_before_a_correction_too(app: Flask, tmp_path: Path) -> None:
    petition()
    one = sign("Zoë")
    compiled(tmp_path)
    hand_over()
    correct(one, NEW)
    erase(one)
    with pytest.raises(NotProvable):
        receipt(one, 1)
    assert rows("SELECT FROM signature_correction") == []


@pytest.mark.usefixtures("no_exports")
def test_exports_have_the_details_of_their_cut_off(app: Flask) -> None:
    petition()
    one, _ = sign("Zoë"), sign("Ada")
    columns, at_home = ("name", "country", "postcode", "comment"), {"country": "GB"}
    first = order(columns, **at_home)
    before = made(first)
    correct(one, replace(ZOE, name="Zoe"))
    correct(one, NEW)
    assert made(order_again(SLUG, first, actor=ADA)) == before
    assert [row[0] for row in csv_table(before)[1:]] == ["Zoë", "Ada"]
    assert [row[0] for row in csv_table(exported(columns, **at_home))[1:]] == ["Ada"]
    erase(one)
    assert [row[0] for row in csv_table(made(order_again(SLUG, first, actor=ADA)))[1:]] == ["Ada"]
