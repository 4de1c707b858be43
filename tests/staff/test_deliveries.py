"""The page of deliveries: organisers see them, admins request them and fetch the packages."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from campaign.delivery.due import compile_due
from tests.delivery.making import MAYOR, MINISTER, SLUG, change, compiled, petition, sign
from tests.support.making import rows, value
from tests.support.staff import Staff

Sign = Callable[[str], Staff]
ALL = f"/staff/campaigns/{SLUG}/deliveries"


def test_an_admin_requests_a_package_and_fetches_it(app: Flask, staff: Sign) -> None:
    petition()
    sign("Zoë")
    admin = staff("admin")
    assert "Nothing was delivered yet" in admin.get(ALL).text
    assert admin.post(ALL, {"official": MINISTER}).status_code == 303
    assert "<progress" in admin.get(ALL).text
    assert admin.get(f"{ALL}/progress.json").json == {"under_way": True}
    assert admin.get(f"{ALL}/1/package").status_code == 409
    assert compile_due() == 1
    assert admin.get(f"{ALL}/progress.json").json == {"under_way": False}
    page = admin.get(ALL).text
    assert value("SELECT sha256 FROM delivery") in page
    answer = admin.get(f"{ALL}/1/package")
    names = zipfile.ZipFile(BytesIO(answer.data)).namelist()
    assert "signatures.csv" in names
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="night-buses-minister-1.zip"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows("SELECT action, actor FROM audit_event WHERE subject LIKE 'delivery:%'") == [
        ("delivery requested", "admin@example.org"),
        ("delivery compiled", "system"),
        ("package downloaded", "admin@example.org"),
    ]


def test_an_organiser_sees_the_state_and_no_package(app: Flask, staff: Sign) -> None:
    petition()
    sign("Zoë")
    staff("admin").post(ALL, {"official": MAYOR})
    compile_due()
    organiser = staff("organiser")
    page = organiser.get(ALL)
    assert page.status_code == 200
    assert "Ada Okafor" in page.text
    assert "Request a delivery" not in page.text
    assert "/package" not in page.text
    assert organiser.get(f"{ALL}/1/package").status_code == 403
    assert organiser.post(ALL, {"official": MAYOR}).status_code == 403


def test_a_failure_is_shown_with_its_reason(app: Flask, staff: Sign) -> None:
    petition()
    admin = staff("admin")
    admin.post(ALL, {"official": MAYOR})
    compile_due()
    assert "there are no confirmed signatures" in admin.get(ALL).text
    assert admin.get(f"{ALL}/1/package").status_code == 409


@pytest.mark.parametrize("official", ["", "nobody", "x" * 5000, "\x00", "'; --"])
def test_only_officials_of_the_campaign_can_be_chosen(
    app: Flask, staff: Sign, official: str
) -> None:
    petition()
    answer = staff("admin").post(ALL, {"official": official})
    assert answer.status_code == 400
    assert 'href="#field-official"' in answer.text
    assert rows("SELECT FROM delivery") == []


def test_one_at_a_time_for_an_official(app: Flask, staff: Sign) -> None:
    petition()
    admin = staff("admin")
    for official in (MAYOR, MAYOR, MINISTER):
        admin.post(ALL, {"official": official})
    assert rows("SELECT number FROM delivery ORDER BY number") == [(1,), (2,)]


def test_packages_of_the_command_line_and_changed_ones_are_not_handed_out(
    app: Flask, staff: Sign, tmp_path: Path
) -> None:
    petition()
    sign("Zoë")
    compiled(tmp_path)
    admin = staff("admin")
    assert "/package" not in admin.get(ALL).text
    assert admin.get(f"{ALL}/1/package").status_code == 409
    admin.post(ALL, {"official": MINISTER})
    compile_due()
    with Path(value("SELECT file FROM delivery WHERE number = 2")).open("ab") as file:
        file.write(b"more")
    assert admin.get(f"{ALL}/2/package").status_code == 409
    change("UPDATE delivery SET file = '/etc/passwd' WHERE number = 2")
    assert admin.get(f"{ALL}/2/package").status_code == 409


def test_what_does_not_exist_is_not_found(app: Flask, staff: Sign) -> None:
    petition()
    admin = staff("admin")
    for path in (f"{ALL}/1/package", f"{ALL}/{'9' * 30}/package"):
        assert admin.get(path).status_code == 404
    for end in ("", "/progress.json", "/1/package"):
        assert admin.get(f"/staff/campaigns/nope/deliveries{end}").status_code == 404
