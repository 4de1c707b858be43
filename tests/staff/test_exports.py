"""The pages of exports: who may, what is refused, what is handed out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from flask import Flask

from campaign.delivery.making import make_due
from tests.delivery.export_making import order, path_of, state
from tests.delivery.making import SLUG, change, petition, sign
from tests.support.making import rows, value
from tests.support.staff import Staff

Sign = Callable[[str], Staff]
ALL = f"/staff/campaigns/{SLUG}/exports"
FORM = {
    "purpose": "For the council's hearing",
    "format": "csv",
    "columns": ["name", "country"],
    "states": ["confirmed"],
}


def ready() -> int:
    """An export of two signatures that is made."""
    petition()
    sign("Zoë")
    sign("=1+1")
    one = order(("name",))
    make_due(60)
    return one


def test_an_admin_orders_watches_and_downloads(app: Flask, staff: Sign) -> None:
    petition()
    sign("Zoë")
    admin = staff("admin")
    assert "Nothing was taken out" in admin.get(ALL).text
    page = admin.get(f"{ALL}/new")
    assert page.status_code == 200
    assert 'value="name" checked' in page.text
    assert 'value="email" aria' in page.text, "addresses are not ticked beforehand"
    answer = admin.post(ALL, {**FORM, "country": "GB"})
    assert answer.status_code == 303
    here = answer.headers["Location"]
    waiting = admin.get(here).text
    assert "<progress" in waiting
    progress = admin.get(f"{here}/progress.json").json
    assert progress == {"under_way": True, "share": None, "says": "Waiting for a worker."}
    assert admin.get(f"{here}/file").status_code == 409
    change("UPDATE export SET due_at = now()")
    make_due(60)
    page = admin.get(here)
    assert "<progress" not in page.text
    assert "United Kingdom" in page.text
    file = admin.get(f"{here}/file")
    assert file.data == b"\xef\xbb\xbfname,country\r\n" + "Zoë,GB\r\n".encode()
    assert hashlib.sha256(file.data).hexdigest() in page.text
    assert file.headers["Cache-Control"] == "no-store"
    assert file.headers["Content-Disposition"] == 'attachment; filename="night-buses-export-1.csv"'
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert int(file.headers["Content-Length"]) == len(file.data)


def test_ordering_fetching_and_deleting_are_on_record(app: Flask, staff: Sign) -> None:
    one, admin = ready(), staff("admin")
    admin.get(f"{ALL}/{one}/file")
    assert admin.post(f"{ALL}/{one}/again").status_code == 303
    assert admin.post(f"{ALL}/{one + 1}/cancel").status_code == 303
    assert admin.post(f"{ALL}/{one}/delete").status_code == 303
    assert admin.post(f"{ALL}/{one}/cancel").status_code == 303
    query = "SELECT action, subject, actor FROM audit_event WHERE subject LIKE 'export:%'"
    who = "admin@example.org"
    assert rows(f"{query} ORDER BY number")[2:] == [
        ("export downloaded", "export:1", who),
        ("export ordered", "export:2", who),
        ("export cancelled", "export:2", who),
        ("export deleted", "export:1", who),
    ]
    assert (state(one), state(one + 1)) == ("deleted", "cancelled")
    assert admin.get(f"{ALL}/{one}/file").status_code == 409
    assert "Zoë" not in value("SELECT string_agg(details::text, '') FROM audit_event")


def test_a_file_that_was_changed_or_lost_is_not_handed_out(app: Flask, staff: Sign) -> None:
    one, admin = ready(), staff("admin")
    path = path_of(one)
    path.write_bytes(path.read_bytes() + b"more\r\n")
    answer = admin.get(f"{ALL}/{one}/file")
    assert (answer.status_code, b"more\r\n" in answer.data) == (409, False)
    path.unlink()
    assert admin.get(f"{ALL}/{one}/file").status_code == 409
    refused = "SELECT count(*) FROM audit_event WHERE action = 'download refused'"
    assert value(refused) == 2
    assert value("SELECT count(*) FROM audit_event WHERE action = 'export downloaded'") == 0


def test_a_file_whose_time_is_over_is_not_handed_out_before_it_is_gone(
    app: Flask, staff: Sign
) -> None:
    one, admin = ready(), staff("admin")
    change("UPDATE export SET expires_at = now()")
    assert path_of(one).exists()
    assert admin.get(f"{ALL}/{one}/file").status_code == 409


def test_an_organiser_sees_no_export(app: Flask, staff: Sign) -> None:
    one, organiser = ready(), staff("organiser")
    for path in (ALL, f"{ALL}/new", *(f"{ALL}/{one}{end}" for end in ("", "/file"))):
        assert organiser.get(path).status_code == 403
    for path in (ALL, *(f"{ALL}/{one}/{act}" for act in ("again", "cancel", "delete"))):
        assert organiser.post(path, dict(FORM)).status_code == 403
    assert state(one) == "ready"
    assert "Exports" not in organiser.get(f"/staff/campaigns/{SLUG}/deliveries").text


def test_nobody_gets_a_file_without_signing_in(app: Flask) -> None:
    one = ready()
    browser = app.test_client()
    answer = browser.get(f"{ALL}/{one}/file")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/staff/login")
    for public in (f"/static/{path_of(one).name}", f"/exports/{path_of(one).name}"):
        assert browser.get(public).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"purpose": ""}, "purpose"),
        ({"purpose": "x" * 301}, "purpose"),
        ({"purpose": "For the \x00 council"}, "purpose"),
        ({"format": "pdf"}, "format"),
        ({"columns": []}, "columns"),
        ({"columns": ["network_key"]}, "columns"),
        ({"columns": ["name", "name) FROM account --"]}, "columns"),
        ({"states": []}, "states"),
        ({"states": ["erased"]}, "states"),
        ({"text_version": "99"}, "text_version"),
        ({"text_version": "9" * 5000}, "text_version"),
        ({"text_version": "\x00"}, "text_version"),
        ({"country": "gb\x00"}, "country"),
        ({"since": "2026-02-30"}, "since"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "until"),
        ({"until": "0000-00-00\x00"}, "until"),
    ],
)
def test_a_wrong_order_gets_the_form_back(
    app: Flask, staff: Sign, changed: dict[str, object], field: str
) -> None:
    petition()
    given = {**FORM, **changed}
    answer = staff("admin").post(ALL, given)
    assert answer.status_code == 400
    assert f'href="#field-{field}"' in answer.text
    assert f'id="field-{field}"' in answer.text
    if field != "purpose":
        assert "For the council&#39;s hearing" in answer.text
    assert rows("SELECT FROM export") == []


def test_a_long_list_is_paged(app: Flask, staff: Sign) -> None:
    petition()
    for _ in range(30):
        order(("name",))
    admin = staff("admin")
    first = admin.get(ALL).text
    assert "Export 30<" in first
    assert "Export 5<" not in first
    assert 'href="?before=6"' in first
    assert "Export 5<" in admin.get(f"{ALL}?before=6").text


def test_a_failure_says_why(app: Flask, staff: Sign) -> None:
    petition()
    order(("name",))
    change("UPDATE export SET state = 'failed', error = 'No space left on device'")
    assert "No space left on device" in staff("admin").get(f"{ALL}/1").text
