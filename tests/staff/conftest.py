"""What tests of the workspace share."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from campaign.delivery import paper_keeping
from tests.support.making import make_campaign


@pytest.fixture
def paper_folder(app: Flask, data_dir: Path) -> Path:
    """A campaign, and the folder of kept files without what other tests left there."""
    make_campaign()
    folder = data_dir / paper_keeping.FOLDER
    for file in folder.glob("*"):
        file.unlink()
    return folder
