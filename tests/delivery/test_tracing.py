"""Following a delivery on its way."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from campaign.delivery import tracing
from campaign.delivery.tracing import trace
from tests.delivery.handing import handed_over
from tests.delivery.making import SLUG, change


@pytest.mark.parametrize(
    ("file", "at_hand"),
    [
        ("/srv/our_data/one.zip", True),
        ("/srv/our-data/one.zip", False),
        ("/srv/our_data.old/one.zip", False),
        (None, False),
    ],
)
def test_only_what_lies_in_our_folder_is_at_hand(
    app: Flask, monkeypatch: pytest.MonkeyPatch, file: str | None, at_hand: bool
) -> None:
    number = handed_over()
    change("UPDATE delivery SET file = :file", file=file)
    monkeypatch.setattr(tracing, "packages", lambda: Path("/srv/our_data"))
    assert trace(SLUG, number).at_hand is at_hand
