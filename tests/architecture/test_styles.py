"""Style sheets: a browser drops, without a word, what a brace too many or too few spoils."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEETS = sorted((Path(__file__).parents[2] / "static" / "css").glob("*.css"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_block_of_a_style_sheet_is_opened_and_closed(sheet: Path) -> None:
    depth = 0
    for number, line in enumerate(sheet.read_text().splitlines(), 1):
        for brace in re.findall(r"[{}]", line):
            depth += 1 if brace == "{" else -1
            assert depth >= 0, f"line {number} closes what nothing has opened"
    assert depth == 0
