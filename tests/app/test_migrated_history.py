"""Migrating: what supporters changed before their answers were kept is told as far as known."""

from __future__ import annotations

from alembic.script import ScriptDirectory
from flask import Flask

from campaign.extensions import db
from campaign.resources import folder
from campaign.signatures.own import own_signature
from tests.delivery.making import change
from tests.support.crowd import put
from tests.support.making import make_campaign, rows


def test_changes_from_before_are_in_the_history_without_how(app: Flask) -> None:
    make_campaign()
    one, two, gone, same = put(4)
    # As it was done before: by the row and its trigger alone.
    for made in (
        f"updates = true WHERE id = {one}",
        f"updates = false, public = true WHERE id = {one}",
        f"state = 'withdrawn' WHERE id = {one}",
        f"state = 'excluded' WHERE id = {two}",
        f"state = 'confirmed' WHERE id = {two}",
        f"public = true WHERE id = {gone}",
        f"state = 'erased', public = false WHERE id = {gone}",
    ):
        change(f"UPDATE signature SET {made}")
    module = ScriptDirectory(str(folder("migrations"))).get_revision("0010").module
    (backfill,) = (each for each in module.UP if "INSERT" in each)
    with db.engine.begin() as connection:
        connection.exec_driver_sql(backfill)
    assert {how for (how,) in rows("SELECT how FROM consent_change")} == {"not recorded"}
    assert [(said.what, said.given) for said in own_signature(one).said] == [
        ("passing_on", True), ("updates", False), ("public", False),
        ("updates", True), ("updates", False), ("public", True), ("passing_on", False),
    ]  # fmt: skip
    for nothing in (two, same):
        assert len(own_signature(nothing).said) == 3
    assert own_signature(gone).said == []
    assert rows("SELECT DISTINCT signature_id FROM consent_change") == [(one,)]


def test_one_can_go_back_and_forth(app: Flask) -> None:
    module = ScriptDirectory(str(folder("migrations"))).get_revision("0010").module
    with db.engine.connect() as connection:
        for statement in (*module.DOWN, *module.UP):
            connection.exec_driver_sql(statement)
        connection.rollback()
