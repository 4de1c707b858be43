"""Exports made by workers: what they hold."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest
from flask import Flask

from campaign.accounts.audit import check
from campaign.delivery.choosing import COLUMNS
from campaign.errors import Invalid, NotFound
from tests.delivery.export_making import (
    exported,
    files,
    made,
    order,
    path_of,
    wish,
)
from tests.delivery.making import SLUG, change, csv_table, petition, sign, xlsx_table
from tests.delivery.test_exporting import NAMES
from tests.support.making import rows, value

EVERY_STATE = ("confirmed", "pending", "withdrawn", "excluded")
pytestmark = pytest.mark.usefixtures("no_exports")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_has_the_chosen_columns_and_a_record(
    app: Flask, data_dir: Path, form: str
) -> None:
    petition()
    sign("Zoë", "Second.\nReally.")
    sign("Ann", postcode="")
    done = order(("name", "number", "comment", "state"), format=form)
    data = made(done)
    table = csv_table(data) if form == "csv" else xlsx_table(data)
    assert table == [
        ["number", "name", "state", "comment"],
        ["1", "Zoë", "confirmed", "Second.\nReally."],
        ["2", "Ann", "confirmed", ""],
    ]
    path = path_of(done)
    record = rows("SELECT done, total, size, sha256 FROM export")
    assert record == [(2, 2, len(data), hashlib.sha256(data).hexdigest())]
    assert files(data_dir) == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert check().broken is None


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_names_of_every_script_come_out_exactly(app: Flask, form: str) -> None:
    petition()
    for name in NAMES:
        sign(name)
    data = exported(("name",), format=form)
    table = csv_table(data) if form == "csv" else xlsx_table(data)
    assert [row[0] for row in table[1:]] == NAMES


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_is_run_by_a_spreadsheet(app: Flask, form: str) -> None:
    petition()
    for name in ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "＝1"):
        sign(name, f"{name} and more", postcode=name)
    change("UPDATE signature SET email = '=cmd@example.org', source = '=HYPERLINK(1)'")
    texts = ("name", "email", "postcode", "comment", "source")
    data = exported(texts, format=form)
    table = csv_table(data) if form == "csv" else xlsx_table(data)
    assert len(table) == 7
    assert all(cell.startswith("'") for row in table[1:] for cell in row)


def test_every_column_can_be_taken_out(app: Flask) -> None:
    petition()
    sign("Zoë", state="pending")
    change("UPDATE signature SET confirmed_at = NULL, source = 'article:one', updates = true")
    head, row = csv_table(exported(tuple(COLUMNS), EVERY_STATE))
    assert head == list(COLUMNS)
    number = str(value("SELECT id FROM signature"))
    assert row[:7] == ["1", number, "Zoë", "p0@example.org", "GB", "N1 9GU", "2026-03-01"]
    assert row[7:] == ["", "pending", "", "yes", "no", "1", "1", "article:one"]


def test_a_campaign_without_signatures_gives_headings(app: Flask) -> None:
    petition()
    assert csv_table(exported(("number", "name"))) == [["number", "name"]]
    assert xlsx_table(exported(("number", "name"), format="xlsx")) == [["number", "name"]]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["Old", "Abroad", "Second", "Keen"]),
        ({"country": "FR"}, ["Abroad"]),
        ({"text_version": "2"}, ["Second"]),
        ({"updates": "y"}, ["Keen"]),
        ({"since": "2026-03-01"}, ["Abroad", "Second", "Keen"]),
        ({"until": "2026-02-01"}, ["Old"]),
        ({"since": "2026-02-01", "until": "2026-02-01"}, ["Old"]),
        ({"country": "FR", "updates": "y"}, []),
    ],
)
def test_filters(app: Flask, given: dict[str, str], expected: list[str]) -> None:
    petition()
    old, abroad, second, keen = (sign(name) for name in ("Old", "Abroad", "Second", "Keen"))
    sign("Elsewhere", slug=petition("other").slug)
    for other in ("pending", "withdrawn", "excluded", "erased"):
        sign("No", state=other)
    change("UPDATE signature SET created_at = '2026-02-01 23:59:59.9+00' WHERE id = :i", i=old)
    change("UPDATE signature SET country = 'FR' WHERE id = :i", i=abroad)
    change("UPDATE signature SET updates = true WHERE id = :i", i=keen)
    change(
        "INSERT INTO pledge_text (campaign_id, version, markdown, html, sha256)"
        " SELECT id, 2, '', '', '' FROM campaign WHERE slug = :s",
        s=SLUG,
    )
    change(
        "UPDATE signature SET pledge_text_id = (SELECT max(t.id) FROM pledge_text t JOIN campaign c"
        " ON c.id = t.campaign_id WHERE c.slug = :s) WHERE id = :i",
        s=SLUG,
        i=second,
    )
    assert [row[0] for row in csv_table(exported(("name",), **given))[1:]] == expected


def test_what_cannot_be_ordered(app: Flask) -> None:
    petition()
    with pytest.raises(NotFound):
        order(slug="nope")
    with pytest.raises(Invalid, match="text_version"):
        order(text_version="7")
    with pytest.raises(Invalid) as refusal:
        wish((), (), purpose=" ", format="pdf", country="XX", since="soon", until="9999-01-01")
    wrong = ["purpose", "format", "columns", "states", "country", "since", "until"]
    assert list(refusal.value.fields) == wrong
    for columns in (("name", "network_key"), ("name; DROP TABLE signature",)):
        with pytest.raises(Invalid, match="columns"):
            wish(columns)
    assert rows("SELECT FROM export") == []
