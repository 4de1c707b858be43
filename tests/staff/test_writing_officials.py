"""Officials in the workspace."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.accounts.audit import SYSTEM
from campaign.campaigns.tables import import_officials
from campaign.errors import Invalid
from tests.support.making import make_campaign, rows, value
from tests.support.staff import Staff
from tests.support.writing import error_of

LIST = "/staff/officials"
HEAD = "name,title,body,email\n"


@pytest.fixture
def admin(staff: Callable[[str], Staff]) -> Staff:
    return staff("admin")


def official(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Zoë Nguyễn",
        "title": "Director",
        "body": "Harrow Bay Transit",
        "email": "director@transit.example",
        **changes,
    }


def send(admin: Staff, table: bytes) -> Any:
    upload = (io.BytesIO(table), "officials.csv")
    return admin.post(f"{LIST}/import", {"table": upload})


def test_an_official_is_added_found_and_changed(admin: Staff) -> None:
    assert admin.post(f"{LIST}/new", official()).location == LIST
    assert "Zoë Nguyễn" in admin.get(f"{LIST}?search=harrow+zoë").text
    assert "No official matches" in admin.get(f"{LIST}?search=%25").text
    path = f"{LIST}/zoe-nguyen/edit"
    assert 'value="Director"' in admin.get(path).text
    admin.post(path, official(title="Chair", revision="1"))
    assert rows("SELECT slug, title FROM official") == [("zoe-nguyen", "Chair")]
    stale = admin.post(path, official(title="Mayor", revision="1"))
    assert stale.status_code == 409
    assert "<del>Chair</del><ins>Mayor</ins>" in stale.text
    found = rows(
        "SELECT action, details ->> 'changed' FROM audit_event WHERE subject ~ '^official'"
    )
    assert found == [("official added", "everything"), ("official updated", "title")]


def test_organisers_look_officials_up_and_change_none(staff: Callable[[str], Staff]) -> None:
    make_campaign()
    organiser = staff("organiser")
    page = organiser.get(LIST).text
    assert "Ada Okafor" in page
    assert "/edit" not in page
    assert "/import" not in page
    path = f"{LIST}/official-of-night-buses/edit"
    assert organiser.get(path).status_code == 403
    assert organiser.post(path, official(revision="1")).status_code == 403
    assert organiser.post(f"{LIST}/new", official()).status_code == 403
    assert value("SELECT name FROM official") == "Ada Okafor"


def test_a_changed_official_shows_on_their_campaigns(admin: Staff, client: FlaskClient) -> None:
    make_campaign()
    path = f"{LIST}/official-of-night-buses/edit"
    admin.post(path, official(name="Ada Lind", revision="1"))
    assert "Ada Lind" in client.get("/campaigns/night-buses").text


def test_wrong_input_is_told_and_kept(admin: Staff) -> None:
    answer = admin.post(f"{LIST}/new", official(email="nobody", name="A\0"))
    assert answer.status_code == 400
    assert "must be an e-mail address" in error_of(answer.text, "email")
    assert "U+0000" in error_of(answer.text, "name")
    assert 'value="Harrow Bay Transit"' in answer.text


def test_each_line_of_a_table_is_taken_or_has_its_reason(admin: Staff) -> None:
    admin.post(f"{LIST}/new", official(slug="director"))
    table = (
        "\ufeffSlug;Name;Title;Body;Email\r\n"
        "director;Zoë Nguyễn;Chair;Harrow Bay Transit;director@transit.example\r\n"
        "\r\n"
        ';"Bo, the younger";Mayor;City;bo@example.org\r\n'
        ";Bo the Younger;Mayor;City;bo@example.org\r\n"
        ";;Mayor;City;x@example.org\r\n"
        ";Cy;Mayor;City;nobody\r\n"
        ";Di;Mayor\r\n"
        ";Ed;Mayor;City;ed@example.org;more\r\n"
    )
    answer = send(admin, table.encode())
    assert answer.status_code == 200
    page = answer.text
    assert "2 lines taken, 5 refused" in page
    for reason in (
        "bo-the-younger is already on line 4",
        "name is empty",
        "email must be an e-mail address like office@example.org, not &#39;nobody&#39;",
        "body is empty; email is empty",
        "has more cells than there are columns",
    ):
        assert reason in page, reason
    assert rows("SELECT slug, title FROM official ORDER BY slug") == [
        ("bo-the-younger", "Mayor"),
        ("director", "Chair"),
    ]
    again = send(admin, table.encode()).text
    assert again.count("<td>unchanged</td>") == 2


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (b"", "has no column name, title, body, email"),
        (b"name,email\n", "has no column title, body"),
        (b"name,title,body,email,name\n", "names a column twice"),
        ("name,title,body,email\nZoë".encode("latin-1"), "is not UTF-8"),
        (HEAD.encode() + b'"' + b"x" * 200_000, "cannot be read at line"),
        (HEAD.encode() + b"a,b,c,d\n" * 5_001, "has more than 1,000 lines"),
        (b"\0" * 50, "has no column"),
    ],
    ids=lambda given: None if isinstance(given, str) else f"{given[:12]!r}",
)
def test_a_file_that_is_no_such_table_is_refused(admin: Staff, table: bytes, reason: str) -> None:
    answer = send(admin, table)
    assert answer.status_code == 400
    assert reason in error_of(answer.text, "table")
    assert rows("SELECT FROM official") == []


def test_a_table_that_is_too_large_is_refused(app: Flask) -> None:
    with pytest.raises(Invalid, match="is larger than 1,000,000 bytes"):
        import_officials(b"x" * 1_000_001, actor=SYSTEM)


def test_without_a_file_nothing_is_imported(admin: Staff) -> None:
    answer = admin.post(f"{LIST}/import", {})
    assert error_of(answer.text, "table") == "The file is missing."


def test_an_import_does_not_make_one_person_out_of_two_of_one_name(app: Flask) -> None:
    north = f"{HEAD}Maria Garcia,Mayor,North,north@example.org\n".encode()
    south = f"{HEAD}Maria Garcia,Chair,South,south@example.org\n".encode()
    assert len(import_officials(north, actor=SYSTEM).accepted) == 1
    report = import_officials(south, actor=SYSTEM)
    assert "somebody else already" in report.refused[0].reason
    assert rows("SELECT body FROM official WHERE slug = 'maria-garcia'") == [("North",)]
    named = b"slug," + HEAD.encode() + b"maria-garcia,Maria Garcia,Mayor,North,new@example.org\n"
    assert len(import_officials(named, actor=SYSTEM).accepted) == 1


def test_an_import_is_one_entry_of_the_record(app: Flask) -> None:
    table = HEAD + "".join(f"Person {n},Mayor,Town,p{n}@example.org\n" for n in range(20))
    import_officials(table.encode(), actor=SYSTEM)
    assert rows("SELECT action FROM audit_event") == [("officials imported",)]
