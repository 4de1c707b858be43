"""Officials in the workspace."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pyrage
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign.accounts.audit import SYSTEM
from campaign.campaigns.tables import import_officials
from campaign.errors import Invalid
from campaign.extensions import db
from campaign.languages import NAMES
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
        "SELECT action, details ->> 'changed' FROM audit_event"
        " WHERE subject ~ '^official' ORDER BY number"
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


KEY = str(pyrage.x25519.Identity.generate().to_public())
OFFICE = {"area_country": "gb", "area_postcodes": "n1, E 8,n1,", "age_key": f" {KEY.upper()} "}


def test_an_area_and_a_key_are_kept_in_one_form(admin: Staff) -> None:
    assert admin.post(f"{LIST}/new", official(**OFFICE)).location == LIST
    found = rows("SELECT area_country, area_postcodes, age_key FROM official")
    assert found == [("GB", "N1,E8", KEY)]
    path = f"{LIST}/zoe-nguyen"
    form = admin.get(f"{path}/edit").text
    for shown in ('<option value="GB" selected>', 'value="N1,E8"', f'value="{KEY}"'):
        assert shown in form
    admin.post(f"{path}/edit", official(area_country="DE", revision="1"))
    assert rows("SELECT area_country, age_key FROM official") == [("DE", "")]
    history = admin.get(f"{path}/history").text
    assert "<del>GB</del><ins>DE</ins>" in history
    assert f"<del>{KEY}</del>" in history


@pytest.mark.parametrize(
    ("name", "wrong", "reason"),
    [
        ("area_country", "Germany", "code of two letters"),
        ("area_country", "XX", "not 'XX'"),
        ("area_postcodes", "N1, E-8", "1 to 8 letters and digits each, not 'E-8'"),
        ("area_postcodes", "123456789", "1 to 8"),
        ("area_postcodes", "Ｎ1", "1 to 8"),
        ("area_postcodes", ",".join(f"A{n}" for n in range(201)), "at most 200"),
        ("age_key", "age1nobody", "must be a public key of age"),
        ("age_key", f"{KEY[:-1]}x", "must be a public key of age"),
        ("age_key", "x" * 3_000, "may have at most"),
        ("age_key", str(pyrage.x25519.Identity.generate()), "must be the public key"),
    ],
    # Keys are new in each process, and names of tests must not be.
    ids=lambda part: part[:4],
)
def test_a_wrong_area_or_key_is_told(admin: Staff, name: str, wrong: str, reason: str) -> None:
    answer = admin.post(f"{LIST}/new", official(**{name: wrong}))
    assert answer.status_code == 400
    told = error_of(answer.text, name)
    assert reason in told
    assert "AGE-SECRET-KEY" not in told
    assert rows("SELECT FROM official") == []


def test_an_office_is_written_to_in_its_language(admin: Staff) -> None:
    admin.post(f"{LIST}/new", official(language="ar"))
    assert value("SELECT language FROM official") == "ar"
    path = f"{LIST}/zoe-nguyen"
    assert '<option value="ar" lang="ar" selected>' in admin.get(f"{path}/edit").text
    table = "name,title,body,email,language\nZoë Nguyễn,Chair,HBT,director@transit.example,"
    ours = ", ".join(f"{code} ({name})" for code, name in NAMES.items())
    assert import_officials(f"{table}tlh\n".encode(), actor=SYSTEM).refused[0].reason == (
        f"language must be the code of a language we speak: {ours}; not 'tlh'"
    )
    import_officials(f"{table}\n".encode(), actor=SYSTEM)
    assert value("SELECT language FROM official") == "en"


def test_whoever_says_nothing_of_a_language_is_written_to_in_english(admin: Staff) -> None:
    admin.post(f"{LIST}/new", official())
    assert value("SELECT language FROM official") == "en"


def test_a_table_without_the_new_columns_leaves_them_as_they_are(admin: Staff) -> None:
    admin.post(f"{LIST}/new", official(**OFFICE))
    old = f"{HEAD}Zoë Nguyễn,Chair,Harrow Bay Transit,director@transit.example\n".encode()
    assert len(import_officials(old, actor=SYSTEM).accepted) == 1
    assert rows("SELECT title, age_key FROM official") == [("Chair", KEY)]
    new = "name,title,body,email,age_key,area_country\n"
    new += "Zoë Nguyễn,Chair,HBT,director@transit.example,,fr\n"
    import_officials(new.encode(), actor=SYSTEM)
    found = rows("SELECT age_key, area_country, area_postcodes FROM official")
    assert found == [("", "FR", "N1,E8")]


def test_another_address_ends_the_links_to_the_old_one(admin: Staff) -> None:
    admin.post(f"{LIST}/new", official())
    link = """
        INSERT INTO office_link (official_id, recipient, expires_at)
        SELECT id, email, now() + interval '1 day' FROM official RETURNING id
        """
    with db.engine.begin() as connection:
        number = connection.execute(text(link)).scalar_one()
        mail = text(
            "INSERT INTO outgoing_mail (kind, recipient, language, shared, office_link_id)"
            " VALUES ('office-link', 'director@transit.example', 'en', '{}', :link)"
        )
        connection.execute(mail, {"link": number})
    path = f"{LIST}/zoe-nguyen/edit"
    admin.post(path, official(title="Chair", revision="1"))
    assert value("SELECT revoked_at FROM office_link") is None
    admin.post(path, official(title="Chair", email="new@transit.example", revision="2"))
    assert value("SELECT revoked_at FROM office_link") is not None
    ((state, error),) = rows("SELECT state, error FROM outgoing_mail")
    assert (state, "revoked" in error) == ("failed", True)


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
