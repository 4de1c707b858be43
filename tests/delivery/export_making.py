"""Orders exports and makes them, here or in a process of its own that kills itself.

As a program: makes what is due, and kills itself at the call of a function, given as module:name
of `campaign.delivery`, whose number is given, too.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

from campaign.accounts.audit import Actor
from campaign.delivery import making
from campaign.delivery.choosing import PRESELECTED, Wish, read_wish
from campaign.delivery.keeping import FOLDER, file_of
from campaign.delivery.making import make_due
from campaign.delivery.ordering import order_export
from campaign.extensions import db
from tests.delivery.making import SLUG, change
from tests.local.processes import until
from tests.support.app import make_app
from tests.support.making import rows, value

ADA = Actor("ada@example.org", "203.0.113.9")


def wish(
    columns: tuple[str, ...] = PRESELECTED, states: tuple[str, ...] = ("confirmed",), **given: str
) -> Wish:
    """What somebody wants, with these parts of the form."""
    fields = {"purpose": "Handing over to the council", "format": "csv", **given}
    return read_wish(fields, columns, states)


def order(*args: Any, slug: str = SLUG, **given: Any) -> int:
    """An export that is due at once. Returns its id."""
    # An open transaction would hold the cut-off back.
    db.session.rollback()
    ordered = order_export(slug, wish(*args, **given), actor=ADA)
    change("UPDATE export SET due_at = now() WHERE id = :i", i=ordered)
    return ordered


def path_of(export_id: int) -> Path:
    """Where its file is, or will be."""
    db.session.rollback()
    with db.engine.connect() as connection:
        query = f"SELECT token, format FROM export WHERE id = {export_id}"
        return file_of(connection.exec_driver_sql(query).one())


def made(export_id: int) -> bytes:
    """The file of an export, which is made now."""
    db.session.rollback()
    # It may take the database a moment to see that a worker was killed; then beat has rung again.
    until(lambda: not make_due(60) and state(export_id) not in ("requested", "running"))
    assert rows("SELECT state, error FROM export WHERE id = :i", i=export_id) == [("ready", None)]
    return path_of(export_id).read_bytes()


def exported(*args: Any, **given: Any) -> bytes:
    """What an export holds that is ordered and made now."""
    return made(order(*args, **given))


def state(export_id: int) -> str:
    """The state on record."""
    return str(value("SELECT state FROM export WHERE id = :i", i=export_id))


def files(data_dir: Path) -> list[str]:
    """What lies in the folder of exports."""
    here = data_dir / FOLDER
    return sorted(path.name for path in here.iterdir()) if here.is_dir() else []


def main(part: str, where: str, call: str) -> None:
    module, name = where.split(":")
    owner = importlib.import_module(f"campaign.delivery.{module}")
    original, calls = getattr(owner, name), 0

    def counted(*args: Any, **values: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == int(call):
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **values)

    setattr(owner, name, counted)
    making.PART = int(part)
    data_dir = Path(os.environ["DATA_DIR"])
    app = make_app(os.environ["DATABASE_URL"], "redis://127.0.0.1:1/0", data_dir)
    with app.app_context():
        make_due(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
