"""A sealed package to try things on."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from campaign.delivery.keeping import FOLDER
from campaign.delivery.keys import own_fingerprint
from tests.delivery.export_making import files
from tests.delivery.making import compiled, petition, sign


@pytest.fixture
def package(app: Flask, tmp_path: Path) -> Path:
    """A sound package of twelve signatures."""
    petition()
    for number in range(1, 13):
        sign(f"Person {number}", "Ünïcode, 李\nand more" if number % 3 else "")
    return compiled(tmp_path / "package.zip").path


@pytest.fixture
def key(package: Path, data_dir: Path) -> str:
    """The fingerprint of the key that sealed it."""
    found = own_fingerprint(data_dir)
    assert found is not None
    return found


@pytest.fixture
def no_exports(data_dir: Path) -> None:
    """The folder of exports without what other tests left there."""
    for name in files(data_dir):
        (data_dir / FOLDER / name).unlink()
