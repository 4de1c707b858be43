"""The pages of paper: a table is sent, looked at, imported; sheets are printed."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from campaign.delivery import paper_keeping
from campaign.delivery.errors import CannotWrite
from campaign.staff import paper, paper_importing
from tests.support.crowd import put
from tests.support.making import make_campaign, value
from tests.support.paper import ALL, SLUG, kept, person, put_paper, send, sent, table
from tests.support.staff import Staff
from tests.support.writing import error_of

pytestmark = pytest.mark.usefixtures("paper_folder")


@pytest.fixture
def admin(staff: Callable[[str], Staff]) -> Staff:
    return staff("admin")


def test_a_table_is_looked_at_and_then_imported(admin: Staff, paper_folder: Path) -> None:
    assert "Nothing came in on paper yet" in admin.get(ALL).text
    put(run="bo")
    here = sent(admin, table(person("Ada", "ada@example.org"), person("Bo", "bo.1@example.org"),
                             person("", comment="Lost?"), person("Cy")))  # fmt: skip
    page = admin.get(here).text
    for words in ("Ada", "Cy", "name: it is missing", "signed online with this address"):
        assert words in page
    assert "Import 2 signatures" in page
    assert kept() == []
    answer = admin.post(here, {"batch": "Market 1", "text_version": "1"})
    assert (answer.status_code, answer.location) == (303, f"{ALL}/1")
    assert kept() == [("Ada", "counted"), ("Cy", "counted")]
    batch = admin.get(f"{ALL}/1").text
    assert "2 signatures are imported" in batch
    assert "Batch Market 1" in batch
    refused = list(csv.reader(io.StringIO(admin.get(f"{ALL}/1/refused.csv").text)))
    assert refused[1] == ["4", "name: it is missing", "", "N1 9GU", "GB", "2026-03-01", "Lost?", ""]
    assert [path.name for path in paper_folder.iterdir()] == ["refused-1.csv"]
    assert admin.get(here).status_code == 409
    assert admin.post(here, {"batch": "Market 2"}).status_code == 409
    listed = admin.get(ALL).text
    assert "Market 1" in listed
    assert "admin@example.org" in listed
    assert "<strong>2</strong> signatures count as paper, beside 1 confirmed" in listed


def test_refused_lines_can_be_put_right_and_imported(admin: Staff) -> None:
    here = sent(admin, table("Ada,N1 9GU,,2026-03-01,=1+1,,more", person("Bo")))
    answer = admin.get(f"{here}/refused.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{SLUG}-refused.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbfline,reason,name,")
    assert b",'=1+1,,more\r\n" in answer.data, "no spreadsheet may run it, and no cell is lost"
    admin.post(here, {"batch": "Market"})
    corrected = answer.data.replace(b",,2026", b",GB,2026").replace(b",,more", b",")
    admin.post(sent(admin, corrected), {"batch": "Market, corrected"})
    assert kept() == [("Bo", "counted"), ("Ada", "counted")]


def test_a_table_waits_out_of_everybodys_sight(admin: Staff, paper_folder: Path) -> None:
    sent(admin, table(person()))
    (file,) = paper_folder.iterdir()
    assert re.fullmatch(rf"[0-9a-f]{{64}}\.{SLUG}\.csv", file.name)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    make_campaign("other")
    token = file.name.partition(".")[0]
    assert admin.get(f"/staff/campaigns/other/paper/tables/{token}").status_code == 409
    assert admin.get(f"{ALL}/tables/{'0' * 64}").status_code == 409
    assert admin.get(f"{ALL}/tables/..%2F..%2Fsecret_key").status_code in (404, 409)
    assert admin.post(f"{ALL}/tables/{token}/discard").status_code == 303
    assert list(paper_folder.iterdir()) == []


def test_what_was_kept_for_its_time_is_swept(admin: Staff, paper_folder: Path) -> None:
    sent(admin, table(person("Ada")))
    admin.post(sent(admin, table(person("Bo"), person(""))), {"batch": "Market"})
    (paper_folder / ".refused-9.csv.ab.part").write_bytes(b"")
    (paper_folder / ".0.part").write_bytes(b"")

    def age(hours: float) -> int:
        for file in paper_folder.iterdir():
            os.utime(file, (0, time.time() - hours * 3600))
        return paper_keeping.sweep()

    assert age(23) == 0
    assert age(25) == 2
    assert admin.get(f"{ALL}/1/refused.csv").status_code == 200
    assert age(14 * 24 + 1) == 2
    assert admin.get(f"{ALL}/1/refused.csv").status_code == 409
    assert "refused lines are not kept here" in admin.get(f"{ALL}/1").text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "has no column name"),
        (b"\x00\xff" * 500, "is not UTF-8"),
        (table(), "has no line below"),
        (b"," * 100_000, "has more than 20,000 characters in line 1"),
    ],
    ids=lambda given: None if isinstance(given, str) else f"{given[:9]!r}",
)
def test_a_file_that_is_no_table_is_said_to_be_none_and_not_kept(
    admin: Staff, paper_folder: Path, raw: bytes, reason: str
) -> None:
    answer = send(admin, raw)
    if answer.status_code == 303:
        answer = admin.get(answer.location or "")
    assert answer.status_code == 400
    assert reason in error_of(answer.text, "table")
    assert list(paper_folder.glob("*")) == []


def test_a_file_that_is_too_large_is_not_even_kept(
    admin: Staff, paper_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_importing, "MAX_BYTES", 50)
    answer = send(admin, table(person()))
    assert "is larger than 50 bytes" in error_of(answer.text, "table")
    assert list(paper_folder.glob("*")) == []


def test_without_a_file_there_is_nothing_to_look_at(admin: Staff) -> None:
    answer = admin.post(ALL, {})
    assert (answer.status_code, error_of(answer.text, "table")) == (400, "The file is missing.")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"batch": ""}, "batch"),
        ({"batch": "x" * 61}, "batch"),
        ({"batch": "a\x00"}, "batch"),
        ({"batch": "Taken"}, "batch"),
        ({"text_version": "2"}, "text_version"),
        ({"text_version": "9" * 400}, "text_version"),
        ({"text_version": "x"}, "text_version"),
    ],
)
def test_what_is_wrong_with_an_import_is_said_and_the_table_kept(
    admin: Staff, changed: dict[str, Any], field: str
) -> None:
    put_paper(person("Bo"), batch="Taken")
    here = sent(admin, table(person()))
    answer = admin.post(here, {"batch": "Market", "text_version": "1", **changed})
    assert answer.status_code == 400
    assert error_of(answer.text, field)
    assert kept() == [("Bo", "counted")]
    assert admin.post(here, {"batch": "Market", "text_version": "1"}).status_code == 303


def test_a_table_with_nothing_new_makes_no_batch(admin: Staff) -> None:
    put_paper(person(), batch="Before")
    here = sent(admin, table(person()))
    assert "No line of it is new" in admin.get(here).text
    assert admin.post(here, {"batch": "Market"}).location == here
    assert "no line of this table is new" in admin.get(here).text
    assert value("SELECT count(*) FROM paper_batch") == 1


def test_blank_sheets_are_drawn(admin: Staff) -> None:
    assert "Blank sheets" in admin.get(ALL).text
    answer = admin.get(f"{ALL}/sheets.pdf?batch=Market+1&pages=2")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Type"] == "application/pdf"
    for query, field in (("batch=&pages=1", "batch"), ("batch=A&pages=0", "pages"),
                         ("batch=A&pages=51", "pages"), ("batch=A&pages=x", "pages"),
                         ("batch=A&pages=1&language=xx", "language")):  # fmt: skip
        answer = admin.get(f"{ALL}/sheets.pdf?{query}")
        assert answer.status_code == 400
        assert error_of(answer.text, field)


def test_a_sheet_that_cannot_be_drawn_is_said(
    admin: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise CannotWrite("cannot write sheet.pdf: there is no room")

    monkeypatch.setattr(paper, "blank_sheet", fail)
    answer = admin.get(f"{ALL}/sheets.pdf?batch=A&pages=1")
    assert answer.status_code == 303
    assert "there is no room" in admin.get(ALL).text


def test_a_full_disk_is_said_and_nothing_is_half_kept(
    admin: Staff, paper_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    here = sent(admin, table(person("Ada"), person("")))
    monkeypatch.setattr(Path, "write_bytes", full)
    answer = send(admin, table(person()))
    assert answer.status_code == 507
    assert error_of(answer.text, "table") == "The file cannot be kept: No space left on device."
    assert len(list(paper_folder.iterdir())) == 1
    admin.post(here, {"batch": "Market"})
    assert "The refused lines cannot be kept" in admin.get(f"{ALL}/1").text
    assert kept() == [("Ada", "counted")]
    assert list(paper_folder.iterdir()) == []
