"""Going back to an older schema: it is refused when that would lose signatures."""

from __future__ import annotations

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import DBAPIError

from campaign.extensions import db
from campaign.resources import folder
from tests.delivery.making import change, petition, sign_on_paper
from tests.support.making import rows

VERSION = "SELECT version_num FROM alembic_version"


@pytest.mark.parametrize("state", ["counted", "undone"])
def test_signatures_on_paper_are_never_lost_by_going_back(app: Flask, state: str) -> None:
    petition()
    sign_on_paper("Ottoline")
    change("UPDATE paper_signature SET state = :s", s=state)
    db.session.remove()
    before = rows(VERSION)
    with pytest.raises(DBAPIError, match="there are signatures on paper"):
        flask_migrate.downgrade(directory=str(folder("migrations")), revision="0006")
    assert rows(VERSION) == before
    assert rows("SELECT name FROM paper_signature") == [("Ottoline",)]


def test_without_paper_one_can_go_back_and_forth(app: Flask) -> None:
    deliveries = ScriptDirectory(str(folder("migrations"))).get_revision("0007").module
    with db.engine.connect() as connection:
        for statement in (*deliveries.DOWN, *deliveries.UP):
            connection.exec_driver_sql(statement)
        connection.rollback()
