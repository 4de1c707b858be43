"""Cells that a spreadsheet would run are made inert, the same in both forms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from campaign.delivery import exporting
from campaign.delivery.spreadsheets import cleaned
from tests.delivery.making import petition, sign, tables

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "   \t =1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u00a0=1+1",
    "\u200f=1+1",
    "\x01=1+1",
    "\ufffe=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1+1",
    "−1+1",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_cell_that_would_be_run_is_made_inert(app: Flask, tmp_path: Path, hostile: str) -> None:
    petition()
    sign(hostile, hostile, postcode=hostile)
    _, name, postcode, _, _, comment = tables(tmp_path)[1]
    assert name == postcode == comment
    assert name.startswith("'")
    assert name[1:].lstrip("\x01\ufffe'") == hostile.lstrip("\x01\ufffe") or "'=" in name


@pytest.mark.parametrize(
    ("comment", "exported"),
    [
        ("x;=1+1", "x;'=1+1"),
        ('x; "=1+1"', 'x; "\'=1+1"'),
        ("x\n=1+1", "x\n'=1+1"),
        ("x\r\n@a", "x\r\n'@a"),
        ("x\t+1", "x\t'+1"),
        ("x;\x02-1", "x;'-1"),
        ("x;＝1", "x;'＝1"),
        ("fine ;-) a-b; c=d", "fine ;-) a-b; c=d"),
        ("O'Brien – 'quoted'", "O'Brien – 'quoted'"),
    ],
)
def test_a_semicolon_or_line_break_does_not_start_a_formula(
    app: Flask, tmp_path: Path, comment: str, exported: str
) -> None:
    petition()
    sign(comment=comment)
    assert tables(tmp_path)[1][5] == exported


def test_what_xml_cannot_carry_is_left_out(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("A\x01\x0b\x1f\x7f\uffff\ufffeB", "x" * 40_000)
    row = tables(tmp_path)[1]
    assert (row[1], row[5]) == ("AB", "x" * exporting.CELL_LENGTH)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5))
def test_cleaning_keeps_every_other_character(cells: list[str]) -> None:
    line = ",".join(cells).encode()
    assert cleaned(line).replace(b"'", b"") == re.sub(
        rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f']|\xef\xbf[\xbe\xbf]", b"", line
    )
