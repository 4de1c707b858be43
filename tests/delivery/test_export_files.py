"""How the files of exports go: cancelled, deleted, expired, swept away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from campaign.delivery import making
from campaign.delivery.keeping import FOLDER, NotNow, cancel, delete, expire, sweep
from campaign.delivery.making import make_due
from campaign.delivery.ordering import order_again
from campaign.errors import NotFound
from tests.delivery.export_making import (
    ADA,
    files,
    made,
    order,
    path_of,
    state,
)
from tests.delivery.making import SLUG, change, petition, sign, sign_many
from tests.support.making import rows, value

pytestmark = pytest.mark.usefixtures("no_exports")


def test_cancelled_while_it_is_made_it_stops_and_leaves_nothing(
    app: Flask, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "PART", 10)
    petition()
    sign_many(50)
    one = order()
    original = making.write_rows

    def cancelled_meanwhile(*args: Any) -> int:
        cancel(SLUG, one, actor=ADA)
        return original(*args)

    monkeypatch.setattr(making, "write_rows", cancelled_meanwhile)
    make_due(60)
    assert rows("SELECT state, done FROM export") == [("cancelled", 0)]
    assert files(data_dir) == []
    with pytest.raises(NotNow):
        delete(SLUG, one, actor=ADA)


def test_files_are_deleted_when_their_time_is_over_and_the_record_stays(
    app: Flask, data_dir: Path
) -> None:
    petition()
    sign()
    over, kept = order(), order()
    made(kept)
    assert expire() == 0
    assert value("SELECT bool_and(expires_at = ready_at + interval '7 days') FROM export")
    change("UPDATE export SET expires_at = now() WHERE id = :i", i=over)
    assert expire() == 1
    assert files(data_dir) == [path_of(kept).name]
    assert (state(over), state(kept)) == ("expired", "ready")
    delete(SLUG, kept, actor=ADA)
    assert files(data_dir) == []
    assert [name for (name,) in rows("SELECT action FROM audit_event ORDER BY number")] == [
        "export ordered",
        "export ordered",
        "export made",
        "export made",
        "export expired",
        "export deleted",
    ]


def test_what_a_crash_left_behind_is_swept_away_and_nothing_else(
    app: Flask, data_dir: Path
) -> None:
    petition()
    sign()
    kept, gone = order(), order()
    made(gone)
    change("UPDATE export SET state = 'deleted' WHERE id = :i", i=gone)
    (data_dir / FOLDER / "README").write_text("not ours")
    draft = data_dir / FOLDER / f".{'a' * 64}.xlsx.1234.part"
    draft.write_text("left behind")
    assert sweep() == 2
    assert files(data_dir) == sorted(["README", path_of(kept).name])


def test_only_its_own_campaign_leads_to_an_export(app: Flask) -> None:
    petition()
    petition("other")
    one = order()
    for act in (cancel, delete, order_again):
        with pytest.raises(NotFound):
            act("other", one, actor=ADA)
    assert state(one) == "requested"
