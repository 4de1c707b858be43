"""Compiling at once: in whatever order, nobody is delivered twice or numbered twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask

from campaign.delivery.compiling import Compiled
from campaign.delivery.errors import CannotWrite, NothingNew
from tests.delivery.making import MAYOR, MINISTER, compiled, numbers, petition, sign_many
from tests.support.making import rows, value


def test_packages_of_two_officials_at_one_path_leave_one_package(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    sign_many(50)
    path = tmp_path / "same.zip"
    outcomes = at_once(app, [(path, MAYOR), (path, MINISTER)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CannotWrite", "Compiled"]
    assert numbers(path) == list(range(1, 51))
    assert list(tmp_path.iterdir()) == [path]


def at_once(app: Flask, targets: list[tuple[Path, str]]) -> list[Compiled | Exception]:
    """Compile all of these at the same time."""
    together = threading.Barrier(len(targets))

    def one(to: tuple[Path, str]) -> Compiled | Exception:
        with app.app_context():
            together.wait(10)
            try:
                return compiled(*to)
            except (CannotWrite, NothingNew) as refusal:
                return refusal

    with ThreadPoolExecutor(len(targets)) as pool:
        return list(pool.map(one, targets))


def test_at_once_for_one_official_delivers_once(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(20)
    outcomes = at_once(app, [(tmp_path, MAYOR)] * 4)
    done = [outcome for outcome in outcomes if isinstance(outcome, Compiled)]
    assert len(done) == 1
    assert numbers(done[0].path) == list(range(1, 21))
    assert value("SELECT count(*) FROM delivery") == 1


def test_at_once_for_two_officials_gives_everyone_one_number(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(20)
    outcomes = at_once(app, [(tmp_path, MAYOR), (tmp_path, MINISTER)])
    for outcome in outcomes:
        assert isinstance(outcome, Compiled)
        assert numbers(outcome.path) == list(range(1, 21))
    assert sorted(rows("SELECT number FROM delivery")) == [(1,), (2,)]
    assert rows("SELECT count(*), max(number) FROM delivery_number") == [(20, 20)]
