"""Progress that is true, and cancelling, which ends a compilation wherever it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask

from campaign.delivery import compiling, packing, progress, records
from campaign.delivery.cancelling import cancel_delivery
from campaign.delivery.due import compile_due
from campaign.delivery.errors import Gone
from campaign.delivery.keeping import NotNow
from campaign.delivery.listing import delivery
from campaign.delivery.progress import Progress
from campaign.delivery.requesting import request_delivery
from campaign.delivery.session import session
from campaign.delivery.settling import packages, settle
from campaign.delivery.targets import target
from campaign.delivery.wishing import Wish
from campaign.errors import NotFound
from tests.delivery.export_making import ADA
from tests.delivery.making import MAYOR, SLUG, change, compiled, numbers, petition, sign_many
from tests.support.making import rows, value

STEPS = ["Reading signatures", "Letter", "PDF", "Spreadsheet", "Sealing", "Checking"]


def request() -> int:
    return request_delivery(SLUG, Wish(MAYOR), actor=ADA)


def hidden() -> list[Path]:
    return list(packages().glob(".*")) if packages().is_dir() else []


def test_progress_counts_rows_over_all_steps_and_never_goes_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition()
    sign_many(2_500)
    request()
    monkeypatch.setattr(progress, "SECONDS", 0.0)
    told: list[tuple[str, int, int]] = []

    def tell(begun: Any, *now: Any) -> None:
        records.tell(begun, *now)
        told.append(now)
        assert rows("SELECT step, done, total FROM delivery WHERE state = 'compiling'") == [now]

    with patch.object(compiling, "tell", tell):
        assert compile_due() == 1
    done = [at for _, at, _ in told]
    assert done == sorted(done)
    assert done[0] == 0
    assert done[-1] == 2_500 * packing.TIMES
    assert {total for *_, total in told} == {2_500 * packing.TIMES}
    steps = list(dict.fromkeys(step for step, *_ in told))
    assert steps == STEPS
    # Reading and in the workbook, it is told of a thousand at a time.
    assert {1_000, 2_000, 6_000, 7_000} <= set(done)


def test_it_is_told_about_once_a_second() -> None:
    told: list[int] = []
    counted = Progress(lambda *now: told.append(now[1]))
    counted.begin("Reading", 10_000)
    for _ in range(9_000):
        counted.advance(1)
    assert told == [0]
    counted.begin("Next", 5)
    counted.advance(1_000_000)
    counted.begin("Last", 0)
    assert told == [0, 10_000, 10_005]


def test_pages_say_how_far_it_is(app: Flask) -> None:
    petition()
    sign_many(10)
    number = request()
    assert delivery(SLUG, number).says == "Waiting for a worker."
    seen = []

    def look(*args: Any) -> Path:
        seen.append(delivery(SLUG, number))
        return packing.pack(*args)

    with patch.object(compiling, "pack", look):
        compile_due()
    assert (seen[0].share, seen[0].says) == (0.0, "Reading signatures: 0% of it all.")
    change("UPDATE delivery SET state = 'compiling', step = 'Giving numbers', total = NULL")
    assert (delivery(SLUG, number).share, delivery(SLUG, number).says) == (None, "Giving numbers.")


@pytest.mark.parametrize("step", STEPS)
def test_cancelled_at_any_step_it_leaves_nothing(app: Flask, step: str) -> None:
    petition()
    sign_many(5)
    number = request()

    def tell(begun: Any, now: str, *rest: Any) -> None:
        if now == step:
            cancel_delivery(SLUG, number, actor=ADA)
        records.tell(begun, now, *rest)

    before = set(packages().iterdir()) if packages().is_dir() else set()
    with patch.object(compiling, "tell", tell):
        assert compile_due() == 0
    assert rows("SELECT state, file, numbers, sha256, error FROM delivery") == [
        ("cancelled", None, None, None, None)
    ]
    assert set(packages().iterdir()) == before
    assert compile_due() == 0
    assert request() == 2
    assert compile_due() == 1
    assert numbers(Path(value("SELECT file FROM delivery WHERE number = 2"))) == [1, 2, 3, 4, 5]


def test_in_the_middle_of_the_workbook_it_is_noticed_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition()
    sign_many(3_000)
    number = request()
    monkeypatch.setattr(progress, "SECONDS", 0.0)

    def tell(begun: Any, step: str, done: int, total: int) -> None:
        if (step, done) == ("Spreadsheet", 7_000):
            cancel_delivery(SLUG, number, actor=ADA)
        records.tell(begun, step, done, total)

    with patch.object(compiling, "tell", tell):
        assert compile_due() == 0
    assert (value("SELECT state FROM delivery"), hidden()) == ("cancelled", [])


def test_cancelled_before_a_worker_comes_it_is_never_begun(app: Flask) -> None:
    petition()
    sign_many(2)
    cancel_delivery(SLUG, request(), actor=ADA)
    assert compile_due() == 0
    assert rows("SELECT state, attempts FROM delivery") == [("cancelled", 0)]
    assert value("SELECT count(*) FROM delivery_number") == 0


def test_what_was_sent_is_not_cancelled_any_more(app: Flask) -> None:
    petition()
    sign_many(2)
    number = request()
    compile_due()
    change("UPDATE delivery SET state = 'sent'")
    with pytest.raises(NotNow, match="it cannot be cancelled any more"):
        cancel_delivery(SLUG, number, actor=ADA)
    with pytest.raises(NotFound):
        cancel_delivery(SLUG, 99, actor=ADA)
    assert value("SELECT state FROM delivery") == "sent"


def test_whoever_compiles_at_the_command_line_is_told_that_it_was_cancelled(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    sign_many(2)

    def cancel(*args: Any) -> Path:
        cancel_delivery(SLUG, 1, actor=ADA)
        return packing.pack(*args)

    with patch.object(compiling, "pack", cancel), pytest.raises(Gone, match="was cancelled"):
        compiled(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_worker_had_begun_is_removed_when_it_was_cancelled(app: Flask) -> None:
    petition()
    sign_many(2)
    number = request()
    path = packages() / "0.zip"
    folder = records.working_folder(path, 1)
    folder.mkdir(parents=True)
    (folder / "signatures.csv").write_text("half of it")
    change("UPDATE delivery SET state = 'compiling', attempts = 1, file = :f", f=str(path))
    cancel_delivery(SLUG, number, actor=ADA)
    assert compile_due() == 0
    assert not folder.exists()
    assert rows("SELECT state, file FROM delivery") == [("cancelled", None)]


def test_a_process_that_others_have_taken_over_from_records_nothing(
    app: Flask, tmp_path: Path
) -> None:
    """Its lock was lost with its session; what it had begun is settled, and begun by others."""
    petition()
    sign_many(3)
    request()

    def taken_over(*args: Any) -> Path:
        with session() as pg:
            settle(target(pg, SLUG, MAYOR))
        change("UPDATE delivery SET state = 'compiling', file = '/elsewhere.zip'")
        return packing.pack(*args)

    before = set(packages().iterdir()) if packages().is_dir() else set()
    with patch.object(compiling, "pack", taken_over):
        assert compile_due() == 0
    assert rows("SELECT state, file, numbers FROM delivery") == [
        ("compiling", "/elsewhere.zip", None)
    ]
    assert {path for path in packages().iterdir() if path not in before} == set()
