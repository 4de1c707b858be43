"""Paper in deliveries: nothing proves what was taken back, and nobody has two numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from campaign.accounts.audit import Actor
from campaign.delivery import compiling, leaves
from campaign.delivery.erasing import erase
from campaign.delivery.paper_undoing import erase_row, undo_batch
from campaign.extensions import db
from campaign.links import make_token
from campaign.signatures import counting
from campaign.signatures.confirming import confirm
from campaign.signatures.paper import import_paper
from campaign.signatures.standing import standing
from campaign.signatures.withdrawing import withdraw
from tests.delivery.making import SLUG, change, compiled, csv_table, packed, petition, sign
from tests.support.crowd import put
from tests.support.making import rows, value
from tests.support.paper import kept, person, put_paper

ADA = Actor("ada@example.org")
TABLE = b"""name,postcode,country,signed_on,comment
Ottoline Marsh,N1 9GU,GB,2026-05-01,
Bao Tran,N1 9GU,GB,2026-05-02,Yes
"""


def salts(delivery: int = 1) -> list[bool]:
    """Whether each row of the package still has its salt."""
    query = "SELECT id, row_count FROM delivery WHERE number = :n"
    ((id_, count),) = rows(query, n=delivery)
    with db.engine.connect() as connection:
        return [any(leaves.proof(connection, id_, index).salt) for index in range(count)]


def delivered(folder: Path) -> int:
    """One who signed online and two on paper, in a package. Returns the batch."""
    petition()
    sign()
    import_paper(SLUG, TABLE, batch="Market", actor=ADA)
    compiled(folder)
    assert salts() == [True, True, True]
    return int(value("SELECT id FROM paper_batch"))


def test_an_undone_batch_has_no_salts(app: Flask, tmp_path: Path) -> None:
    undo_batch(SLUG, delivered(tmp_path), actor=ADA)
    assert salts() == [True, False, False]


def test_who_is_erased_on_paper_has_none(app: Flask, tmp_path: Path) -> None:
    batch = delivered(tmp_path)
    erase_row(SLUG, batch, value("SELECT max(id) FROM paper_signature"), actor=ADA)
    assert salts() == [True, True, False]


@pytest.mark.parametrize("act", [withdraw, erase])
def test_who_leaves_online_leaves_on_paper_too(
    app: Flask, tmp_path: Path, act: Callable[[int], None]
) -> None:
    petition()
    put(1)
    (one,) = put(1, state="pending", run="ada")
    put_paper(person("Ada", "ada.1@example.org", comment="Yes"), person("Bao"))
    compiled(tmp_path)
    act(one)
    assert rows(
        "SELECT name || email || postcode || country || comment, email_canonical, state"
        " FROM paper_signature WHERE line = 2"
    ) == [("", None, "erased")]
    assert kept()[1] == ("Bao", "counted")
    assert (standing(SLUG).paper, standing(SLUG).displayed) == (1, 2)
    counting.fold()
    assert counting.check() == []
    # Their number is theirs for good, and what proved it goes when they are erased, even later.
    ((number,),) = rows("SELECT number FROM delivery_number WHERE signature_id = :i", i=one)
    erase(one)
    assert salts() == [place != number - 1 for place in range(3)]
    later = packed(compiled(tmp_path, everything=True).path)["signatures.csv"]
    assert str(number) not in [row[0] for row in csv_table(later)]


def test_a_number_given_while_its_person_confirmed_online_goes_with_them(
    app: Flask, tmp_path: Path
) -> None:
    delivered(tmp_path)
    paper, number = rows(
        "SELECT paper_signature_id, number FROM delivery_number"
        " WHERE paper_signature_id IS NOT NULL ORDER BY number LIMIT 1"
    )[0]
    online = sign("Ottoline Marsh")
    # As it is when the number is given just after they confirmed.
    change(
        "UPDATE paper_signature SET state = 'superseded', email_canonical = s.email_canonical"
        " FROM signature s WHERE s.id = :online AND paper_signature.id = :paper",
        online=online,
        paper=paper,
    )
    sign("Somebody new")
    compiled(tmp_path)
    assert rows("SELECT number FROM delivery_number WHERE signature_id = :i", i=online) == [
        (number,)
    ]
    assert value("SELECT max(number) FROM delivery_number") == 4


def test_a_batch_that_is_undone_while_its_package_is_made_has_no_salts(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = compiling.pack

    def meanwhile(*args: object) -> object:
        undo_batch(SLUG, value("SELECT id FROM paper_batch"), actor=ADA)
        return pack(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(compiling, "pack", meanwhile)
    petition()
    sign()
    import_paper(SLUG, TABLE, batch="Market", actor=ADA)
    compiled(tmp_path)
    assert salts() == [True, False, False]


@pytest.mark.parametrize("whole_batch", [False, True])
def test_what_was_paper_when_it_was_delivered_is_proved_no_more_once_that_is_erased(
    app: Flask, tmp_path: Path, whole_batch: bool
) -> None:
    petition()
    table = TABLE.splitlines()[0] + b",email\nBao Tran,N1 9GU,GB,2026-05-02,,p0@example.org\n"
    import_paper(SLUG, table, batch="Square", actor=ADA)
    online = sign("Bao Tran", state="pending")
    sign("Zoë")
    compiled(tmp_path)
    confirm(make_token("confirm", online))
    compiled(tmp_path, everything=True)
    assert rows("SELECT numbers::text, paper_numbers::text FROM delivery ORDER BY number") == [
        ("{[1,3)}", "{[1,2)}"),
        ("{[1,3)}", "{}"),
    ]
    batch, row = rows("SELECT batch_id, id FROM paper_signature")[0]
    if whole_batch:
        undo_batch(SLUG, batch, actor=ADA)
    else:
        assert erase_row(SLUG, batch, row, actor=ADA)
        assert not erase_row(SLUG, batch, row, actor=ADA)
    assert salts() == [False, True]
    assert salts(2) == [True, True]
