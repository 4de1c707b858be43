"""Erasing and deliveries: everybody else's proof stays, and nobody waits for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from campaign.delivery import leaves, merkle
from campaign.delivery.compiling import compile_delivery
from campaign.delivery.erasing import erase
from campaign.delivery.merkle import SALT_BYTES
from campaign.delivery.wishing import Wish
from campaign.extensions import db
from campaign.signatures.standing import standing
from tests.delivery.making import (
    MAYOR,
    SLUG,
    change,
    compiled,
    csv_table,
    numbers,
    packed,
    petition,
    sign,
)
from tests.local.processes import until
from tests.support.crowd import expect_no_drift, put
from tests.support.making import rows, value

GONE = bytes(SALT_BYTES)


def test_who_signed_on_paper_before_goes_from_there_too(app: Flask, tmp_path: Path) -> None:
    petition()
    one = sign("Ottoline", "On both")
    change(
        """WITH b AS (INSERT INTO paper_batch
            (campaign_id, pledge_text_id, name, made_by, added, duplicate, refused)
            SELECT c.id, t.id, 'Market', 'Ada', 1, 0, 0 FROM campaign c
            JOIN pledge_text t ON t.campaign_id = c.id RETURNING id, campaign_id)
        INSERT INTO paper_signature (campaign_id, batch_id, line, name, postcode, country,
            signed_on, comment, email, email_canonical, state)
        SELECT campaign_id, id, n, 'Ottoline', 'ZZ9', 'IS', now(), 'On both', address, address,
            'superseded'
        FROM b, (VALUES (1, 'p0@example.org'), (2, 'other@example.org')) AS v (n, address)"""
    )
    erase(one)
    assert rows(
        "SELECT name, postcode, email, email_canonical, comment FROM paper_signature WHERE line = 1"
    ) == [("", "", "", None, "")]
    assert value("SELECT name FROM paper_signature WHERE line = 2") == "Ottoline"


def test_erasing_one_of_3000_leaves_the_proof_of_everybody_else(app: Flask, tmp_path: Path) -> None:
    petition()
    put(3_000, slug=SLUG)
    files = packed(compiled(tmp_path).path)
    table = csv_table(files["signatures.csv"])[1:]
    (one,) = rows("SELECT signature_id FROM delivery_number WHERE number = 1500")[0]
    before = rows("SELECT chunk, hashes, salts FROM delivery_leaves ORDER BY chunk")
    (delivery, root) = rows("SELECT id, root FROM delivery")[0]
    erase(one)
    after = rows("SELECT chunk, hashes, salts FROM delivery_leaves ORDER BY chunk")
    # All hashes stay, and all salts but one.
    assert [row[:2] for row in after] == [row[:2] for row in before]
    salts, had = b"".join(row[2] for row in after), b"".join(row[2] for row in before)
    at = 1499 * SALT_BYTES
    assert salts == had[:at] + GONE + had[at + SALT_BYTES :]
    with db.engine.connect() as connection:
        for index, cells in enumerate(table):
            if index % 97 == 0 or 1490 < index < 1510:
                proof = leaves.proof(connection, delivery, index)
                assert merkle.climbed(proof.leaf, index, 3_000, proof.path) == root
                # Without the salt even the right row is not recognised.
                assert (merkle.leaf(proof.salt, cells) == proof.leaf) is (index != 1499)


def test_who_is_erased_is_in_no_later_package(app: Flask, tmp_path: Path) -> None:
    petition()
    ids = [sign(f"Person {number}") for number in range(5)]
    compiled(tmp_path)
    erase(ids[2])
    assert numbers(compiled(tmp_path, everything=True).path) == [1, 2, 4, 5]
    sign("Newcomer")
    assert numbers(compiled(tmp_path).path) == [6]
    assert value("SELECT count(*) FROM delivery_number WHERE signature_id = :i", i=ids[2]) == 1


def test_erasing_while_packages_are_made_waits_for_nobody_for_ever(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    ids = put(60, slug=SLUG)

    def act(number: int) -> None:
        with app.app_context():
            if number % 10 == 5:
                compile_delivery(SLUG, Wish(MAYOR, everything=True), tmp_path, made_by="Ada")
            else:
                erase(ids[number])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(40)))
    expect_no_drift()
    assert standing(SLUG).erased == 36
    held = rows(
        "SELECT d.id, n.number, s.state FROM delivery d JOIN delivery_number n"
        " ON d.numbers @> n.number JOIN signature s ON s.id = n.signature_id"
    )
    assert held
    with db.engine.connect() as connection:
        for delivery, number, state in held:
            index = leaves.index_of(connection, delivery, number)
            gone = leaves.proof(connection, delivery, index).salt == GONE
            assert gone is (state == "erased")


def test_whoever_gives_numbers_never_waits_for_somebody_being_erased(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    one = sign()
    compiled(tmp_path)
    campaign = value("SELECT id FROM campaign")

    def act() -> None:
        with app.app_context():
            erase(one)

    with ThreadPoolExecutor(1) as pool, db.engine.connect() as connection:
        leaves.take_turn(connection, campaign)
        erasing_it = pool.submit(act)
        until(lambda: value("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        # What giving a number needs of the row; each would wait for the other for ever.
        connection.execute(
            text("SELECT FROM signature WHERE id = :i FOR KEY SHARE NOWAIT"), {"i": one}
        )
        connection.commit()
        erasing_it.result(10)
    assert value("SELECT state FROM signature") == "erased"
