"""The lesser database role that docs/operations.md describes: enough for the site, not for more."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from campaign.accounts.adding import add_account
from campaign.accounts.audit import check
from campaign.app import workspace
from campaign.extensions import db
from campaign.links import make_token
from campaign.mail.sending import send_due
from campaign.signatures import counting
from campaign.signatures.confirming import confirm
from tests.support.app import make_app
from tests.support.making import form, make_campaign
from tests.support.staff import PASSWORD, Staff

DOCUMENTED = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
def lesser(app: Flask, redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, connected as the role that the documentation makes."""
    role, password = f"groundswell_web_{secrets.token_hex(4)}", secrets.token_hex(8)
    statements = re.findall(r"```sql\n(.*?)```", DOCUMENTED.read_text(), re.DOTALL)[0]
    owner = app.extensions["groundswell"].database_url
    with psycopg.connect(owner, autocommit=True) as connection:
        sql = statements.replace("groundswell_web", role).replace("…", password)
        connection.execute(sql.encode())
        url = re.sub(r"//[^@/]*@", f"//{role}:{password}@", owner)
        lesser = make_app(url, redis_url, tmp_path)
        yield lesser
        for one in (lesser, workspace(lesser)):
            with one.app_context():
                db.engine.dispose()
        connection.execute(f"DROP OWNED BY {role}".encode())
        connection.execute(f"DROP ROLE {role}".encode())


def test_the_whole_site_works_as_the_lesser_role(app: Flask, lesser: Flask) -> None:
    make_campaign()
    with lesser.app_context():
        assert (
            db.engine.connect()
            .exec_driver_sql("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            .scalar()
            is False
        )
        client = lesser.test_client()
        assert client.post("/campaigns/night-buses/sign", data=form()).status_code == 303
        confirm(make_token("confirm", 1))
        assert send_due().sent == 1
        counting.fold()
        assert counting.check() == []
        add_account("olu@example.org", "organiser", password=PASSWORD)
        browser = Staff(lesser.test_client())
        assert browser.sign_in("olu@example.org").status_code == 302
        assert check().entries == 2


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET actor = 'nobody'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "DROP TABLE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ],
)
def test_the_lesser_role_may_not_touch_the_record(lesser: Flask, sql: str) -> None:
    with (
        psycopg.connect(lesser.extensions["groundswell"].database_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(sql.encode())
