"""`campaign signatures import`: what came in, what did not and why, and the exit status."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.support.making import make_campaign, rows, value
from tests.support.paper import SLUG, kept, person, table


@pytest.fixture
def sheet(app: Flask, tmp_path: Path) -> Path:
    make_campaign()
    return tmp_path / "sheet.csv"


def run(app: Flask, file: Path, *more: str, batch: str = "Market") -> Result:
    words = ["signatures", "import", SLUG, str(file), "--batch", batch, *more]
    return app.test_cli_runner().invoke(args=words)


def test_every_line_is_accounted_for(app: Flask, sheet: Path) -> None:
    sheet.write_bytes(
        table(person("Ada", "ada@example.org"), person(""), person("Bo", "ada@example.org"))
    )
    result = run(app, sheet, "--text-version", "1")
    assert (result.exit_code, result.output) == (
        0,
        "1 added, 1 duplicate, 1 refused\n"
        "line 3: refused: name: it is missing\n"
        "line 4: duplicate: this address is on line 2 already\n"
        "Lines that were refused are not counted: import them, corrected, as a batch.\n",
    )
    assert kept() == [("Ada", "counted")]
    assert value("SELECT made_by FROM paper_batch").endswith("on the command line")


def test_it_ends_well_when_anything_could_be_read(app: Flask, sheet: Path) -> None:
    sheet.write_bytes(table(person("")))
    result = run(app, sheet)
    assert result.exit_code == 0
    assert "0 added, 0 duplicate, 1 refused" in result.output
    assert "the name of the batch stays free" in result.output


@pytest.mark.parametrize(
    ("raw", "more", "reason"),
    [
        (b"\xff\xfe", (), "sheet.csv: is not UTF-8"),
        (b"name\n", (), "sheet.csv: has no column postcode"),
        (table(person()), ("--text-version", "2"), "--text-version: The text has no version 2."),
        (None, (), "cannot read"),
    ],
)
def test_a_file_that_is_unusable_is_one_clear_line(
    app: Flask, sheet: Path, raw: bytes | None, more: tuple[str, ...], reason: str
) -> None:
    if raw is not None:
        sheet.write_bytes(raw)
    result = run(app, sheet, *more)
    assert result.exit_code == 1
    assert reason in result.output
    assert len(result.output.splitlines()) == 1
    assert rows("SELECT FROM paper_batch") == []


def test_a_name_that_is_taken_is_refused(app: Flask, sheet: Path) -> None:
    sheet.write_bytes(table(person()))
    assert run(app, sheet).exit_code == 0
    sheet.write_bytes(table(person("Bo")))
    result = run(app, sheet)
    assert (result.exit_code, "--batch: There is a batch of this name" in result.output) == (
        1,
        True,
    )


def test_an_unknown_campaign_and_wrong_usage(app: Flask, sheet: Path) -> None:
    sheet.write_bytes(table(person()))
    words = ["signatures", "import", "nothing", str(sheet), "--batch", "X"]
    assert app.test_cli_runner().invoke(args=words).exit_code == 1
    assert app.test_cli_runner().invoke(args=words[:4]).exit_code == 2
