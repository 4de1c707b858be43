"""A full disk: no visible file, the reason shown, and tried again until there is room."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask

from campaign.delivery import archive, compiling, files
from campaign.delivery.cancelling import cancel_delivery
from campaign.delivery.due import compile_due
from campaign.delivery.errors import CannotWrite
from campaign.delivery.listing import delivery
from campaign.delivery.requesting import request_delivery
from campaign.delivery.settling import packages
from campaign.delivery.wishing import Wish
from tests.delivery.export_making import ADA
from tests.delivery.making import MAYOR, SLUG, change, compiled, numbers, petition, sign_many
from tests.support.making import rows, value

Full = Callable[[], contextlib.AbstractContextManager[Any]]


def at(name: str) -> Full:
    """There is no room for what is written to one file of the package."""
    folder = compiling._folder

    @contextlib.contextmanager
    def with_a_full_file(begun: Any) -> Iterator[None]:
        with folder(begun):
            (begun.folder / name).symlink_to("/dev/full")
            yield

    return lambda: patch.object(compiling, "_folder", with_a_full_file)


class FullDisk:
    """The module `os` for one who only opens a file."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, *_: object) -> int:
        return os.open("/dev/full", os.O_WRONLY)


def in_the_package() -> Any:
    return patch.object(archive, "os", FullDisk())


def refusing(number: int, owner: Any, name: str) -> Full:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return lambda: patch.object(owner, name, refuse)


PLACES: dict[str, Full] = {
    "a folder": refusing(errno.ENOSPC, Path, "mkdir"),
    "the table": at("signatures.csv"),
    "the workbook": at("signatures.xlsx"),
    "the text": at("README.txt"),
    "the package": in_the_package,
    "the disk at last": refusing(errno.ENOSPC, files, "sync"),
    "a quota": refusing(errno.EDQUOT, files, "sync"),
}


@pytest.fixture
def requested(app: Flask) -> int:
    petition()
    sign_many(300)
    compiled(packages().parent / "elsewhere.zip").path.unlink()  # Makes the key.
    change("DELETE FROM delivery")
    return request_delivery(SLUG, Wish(MAYOR), actor=ADA)


@pytest.mark.parametrize("place", PLACES)
def test_a_delivery_waits_for_room_and_is_made_then(requested: int, place: str) -> None:
    with PLACES[place]():
        assert compile_due() == 0
    left = list(packages().iterdir()) if packages().is_dir() else []
    assert [path for path in left if path.name.startswith(".")] == []
    assert rows("SELECT state, numbers, sha256, file, attempts, due_at > now() FROM delivery") == [
        ("requested", None, None, None, 0, True)
    ]
    told = delivery(SLUG, requested).says
    expected = "Disk quota exceeded" if place == "a quota" else "No space left on device"
    assert told.startswith(f"It has to wait: cannot write the package: {expected}. It is tried")
    assert compile_due() == 0
    change("UPDATE delivery SET due_at = now()")
    assert compile_due() == 1
    assert numbers(Path(value("SELECT file FROM delivery"))) == list(range(1, 301))
    assert rows(
        "SELECT action, details->>'reason' IS NULL FROM audit_event"
        " WHERE subject = 'delivery:night-buses/1' AND actor = 'system' ORDER BY number"
    ) == [
        ("delivery put back", False),
        ("delivery compiled", True),
    ]


def test_it_waits_twice_as_long_each_time_up_to_an_hour(requested: int) -> None:
    waited, waits = 0, []
    for _ in range(10):
        change(
            "UPDATE delivery SET due_at = now(), requested_at = now() - make_interval(secs => :s)",
            s=waited,
        )
        with PLACES["the table"]():
            compile_due()
        # To the nearest half minute, because a little time goes by between the two.
        seconds = value("SELECT extract(epoch FROM due_at - now()) FROM delivery")
        waits.append(round(float(seconds) / 30) * 30)
        waited += waits[-1]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert value("SELECT state FROM delivery") == "requested"


def test_whoever_waits_at_the_command_line_is_told_at_once(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(3)
    with PLACES["the table"](), pytest.raises(CannotWrite, match="No space left on device"):
        compiled(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert rows("SELECT state FROM delivery") == [("failed",)]


def test_one_that_waits_can_be_cancelled(requested: int) -> None:
    with PLACES["the table"]():
        compile_due()
    cancel_delivery(SLUG, requested, actor=ADA)
    change("UPDATE delivery SET due_at = now()")
    assert compile_due() == 0
    assert rows("SELECT state, error FROM delivery") == [("cancelled", None)]
