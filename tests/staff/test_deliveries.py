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
    assert admin.post(ALL, {"official": MINISTER}).location == f"{ALL}/1"
    for page in (ALL, f"{ALL}/1"):
        assert "<progress" in admin.get(page).text
    assert admin.get(f"{ALL}/progress.json").json == {"under_way": True}
    assert admin.get(f"{ALL}/1/progress.json").json == {
        "under_way": True,
        "share": None,
        "says": "Waiting for a worker.",
    }
    assert admin.get(f"{ALL}/1/package").status_code == 409
    assert compile_due() == 1
    assert admin.get(f"{ALL}/progress.json").json == {"under_way": False}
    for page in (ALL, f"{ALL}/1"):
        text = admin.get(page).text
        assert value("SELECT sha256 FROM delivery") in text
        assert "<progress" not in text
    answer = admin.get(f"{ALL}/1/package")
    names = zipfile.ZipFile(BytesIO(answer.data)).namelist()
    assert "signatures.csv" in names
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="night-buses-minister-1.zip"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows(
        "SELECT action, actor FROM audit_event WHERE subject LIKE 'delivery:%' ORDER BY number"
    ) == [
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
    for path in (ALL, f"{ALL}/1"):
        page = organiser.get(path)
        assert page.status_code == 200
        assert "Ada Okafor" in page.text
        assert "New delivery" not in page.text
        assert "/package" not in page.text
    assert organiser.get(f"{ALL}/1/progress.json").json["under_way"] is False
    for closed in ("/1/package", "/new", "/preview?official=minister"):
        assert organiser.get(f"{ALL}{closed}").status_code == 403
    for closed in ("", "/1/cancel", "/1/again"):
        assert organiser.post(f"{ALL}{closed}", {"official": MAYOR}).status_code == 403


def test_a_failure_is_shown_with_its_reason(app: Flask, staff: Sign) -> None:
    petition()
    admin = staff("admin")
    admin.post(ALL, {"official": MAYOR})
    compile_due()
    for page in (ALL, f"{ALL}/1"):
        assert "there are no confirmed signatures" in admin.get(page).text
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
    for number in ("1", "9" * 30):
        for end in ("", "/package", "/progress.json"):
            assert admin.get(f"{ALL}/{number}{end}").status_code == 404
        for end in ("/cancel", "/again"):
            assert admin.post(f"{ALL}/{number}{end}").status_code == 404
    nowhere = "/staff/campaigns/nope/deliveries"
    for end in ("", "/progress.json", "/1", "/1/package", "/new", f"/preview?official={MAYOR}"):
        assert admin.get(f"{nowhere}{end}").status_code == 404
    assert admin.post(nowhere, {"official": MAYOR}).status_code == 404


def test_what_is_not_ready_can_be_cancelled_and_requested_again(app: Flask, staff: Sign) -> None:
    petition()
    sign("Zoë")
    admin = staff("admin")
    wish = {"official": MAYOR, "countries": "GB", "postcodes": "n1", "everything": "y"}
    admin.post(ALL, {**wish, "reason": "for the hearing"})
    assert "Cancel the delivery" in admin.get(f"{ALL}/1").text
    assert admin.post(f"{ALL}/1/again").location == f"{ALL}/1"
    assert admin.post(f"{ALL}/1/cancel").location == f"{ALL}/1"
    assert compile_due() == 0
    page = admin.get(f"{ALL}/1").text
    assert "cancelled" in page
    assert "Cancel the delivery" not in page
    assert admin.post(f"{ALL}/1/again").location == f"{ALL}/2"
    assert compile_due() == 1
    assert "Delivery 1</a>" in admin.get(f"{ALL}/2").text
    assert rows("SELECT state, countries, postcodes, everything FROM delivery ORDER BY number") == [
        ("cancelled", ["GB"], ["N1"], True),
        ("ready", ["GB"], ["N1"], True),
    ]
    assert admin.post(f"{ALL}/2/again").status_code == 303
    assert value("SELECT state FROM delivery WHERE number = 2") == "ready"
    assert rows(
        "SELECT action, subject, details->>'reason', details->>'repeats' FROM audit_event"
        " WHERE subject LIKE 'delivery:%' ORDER BY number"
    ) == [
        ("delivery requested", f"delivery:{SLUG}/1", "for the hearing", None),
        ("delivery cancelled", f"delivery:{SLUG}/1", None, None),
        ("delivery requested", f"delivery:{SLUG}/2", None, "1"),
        ("delivery compiled", f"delivery:{SLUG}/2", None, None),
    ]
