"""Requesting a delivery: filled in for the official, looked at first, refused with reasons."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from campaign.delivery.due import compile_due
from tests.delivery.making import MAYOR, MINISTER, SLUG, change, petition, sign, sign_on_paper
from tests.support.making import make_campaign, rows, value
from tests.support.staff import Staff

Sign = Callable[[str], Staff]
ALL = f"/staff/campaigns/{SLUG}/deliveries"


def selected(page: str) -> list[str]:
    """The countries that are chosen in the form."""
    return re.findall('name="countries" id="[^"]*" value="([A-Z]{2})" checked', page)


def test_the_form_is_filled_in_with_the_area_of_the_official(app: Flask, staff: Sign) -> None:
    petition()
    change(
        "UPDATE official SET area_country = 'GB', area_postcodes = 'N1, EC2' WHERE slug = :s",
        s=MAYOR,
    )
    admin = staff("admin")
    whom = admin.get(f"{ALL}/new").text
    assert "For whom is it?" in whom
    assert f'href="{ALL}/new?official={MINISTER}"' in whom
    page = admin.get(f"{ALL}/new?official={MAYOR}").text
    assert selected(page) == ["GB"]
    assert 'value="N1, EC2"' in page
    assert selected(admin.get(f"{ALL}/new?official={MINISTER}").text) == []
    changed = admin.get(f"{ALL}/new?official={MAYOR}&countries=FR&countries=BE&postcodes=").text
    assert selected(changed) == ["BE", "FR"]
    assert 'value="N1, EC2"' not in changed


def test_who_addresses_one_official_is_not_asked_for_whom(app: Flask, staff: Sign) -> None:
    make_campaign()
    assert "Preview it" in staff("admin").get(f"{ALL}/new").text


def test_who_addresses_nobody_is_told_so(app: Flask, staff: Sign) -> None:
    petition()
    change("DELETE FROM campaign_official")
    admin = staff("admin")
    assert "addresses no official yet" in admin.get(f"{ALL}/new").text
    page = admin.get(ALL).text
    assert "addresses no official yet" in page
    assert "New delivery" not in page


def test_a_preview_leads_to_the_delivery_that_it_showed(app: Flask, staff: Sign) -> None:
    petition()
    sign("Zoë", postcode="n1 9gu")
    sign("Far away", postcode="M1 1AA")
    sign_on_paper("Jo", postcode="N-12")
    admin = staff("admin")
    query = f"official={MAYOR}&countries=GB&postcodes=n+1&cut_off=&everything="
    page = admin.get(f"{ALL}/preview?{query}").text
    assert ">2 signatures</h2>" in page
    assert "Zoë" in page
    assert "Far away" not in page
    assert page.count(">to be given<") == 2
    assert '<span class="badge">paper</span>' in page
    assert value("SELECT count(*) FROM delivery_number") == 0
    fields = dict(re.findall('<input type="hidden" name="([a-z_]+)" value="([^"]*)">', page))
    assert fields.pop("csrf_token")
    assert admin.post(ALL, fields).location == f"{ALL}/1"
    assert compile_due() == 1
    assert rows("SELECT numbers::text, paper_numbers::text FROM delivery") == [
        ("{[1,3)}", "{[2,3)}")
    ]
    shown = admin.get(f"{ALL}/1").text
    assert "2, of which 1 on paper" in shown
    assert "United Kingdom; postcodes from N1" in shown


def test_each_look_at_people_is_on_record(app: Flask, staff: Sign) -> None:
    petition()
    sign("Zoë")
    admin = staff("admin")
    admin.get(f"{ALL}/preview?official={MAYOR}&countries=GB")
    assert rows(
        "SELECT actor, subject, details FROM audit_event WHERE action = 'delivery previewed'"
    ) == [
        (
            "admin@example.org",
            f"campaign:{SLUG}",
            {"official": MAYOR, "countries": ["GB"], "rows": 1},
        )
    ]


def test_a_preview_of_nothing_says_so(app: Flask, staff: Sign) -> None:
    petition()
    page = staff("admin").get(f"{ALL}/preview?official={MAYOR}").text
    assert "Nothing would be delivered" in page
    assert "Request the delivery" not in page


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("official", "nobody"),
        ("official", "\x00"),
        ("countries", "XX"),
        ("countries", "\x00" * 500),
        ("postcodes", "N1*"),
        ("postcodes", "N" * 17),
        ("postcodes", "ß"),
        ("postcodes", ",".join(f"N{n}" for n in range(501))),
        ("cut_off", "tomorrow"),
        ("cut_off", "2999-01-01T00:00"),
        ("cut_off", "0001-01-01T00:00+23:59"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(
    app: Flask, staff: Sign, field: str, given: str
) -> None:
    petition()
    sign("Zoë")
    admin = staff("admin")
    wish = {"official": MAYOR, "postcodes": "M1", field: given}
    for answer in (admin.get(f"{ALL}/preview", query_string=wish), admin.post(ALL, wish)):
        assert answer.status_code == 400
        assert f'href="#field-{field}"' in answer.text
        assert answer.text.count("<title>Error: ") == 1
        if field != "postcodes":
            assert 'value="M1"' in answer.text
    assert rows("SELECT FROM delivery") == []


def test_a_reason_that_is_too_long_is_put_right_on_the_preview(app: Flask, staff: Sign) -> None:
    petition()
    sign("Zoë")
    answer = staff("admin").post(ALL, {"official": MAYOR, "reason": "because " * 50})
    assert answer.status_code == 400
    assert 'href="#field-reason"' in answer.text
    assert "1 signature</h2>" in answer.text
    assert rows("SELECT FROM delivery") == []


def test_a_cut_off_is_taken_in_utc(app: Flask, staff: Sign) -> None:
    petition()
    sign("Zoë")
    change("UPDATE signature SET confirmed_at = '2026-03-02 12:00+00'")
    admin = staff("admin")
    for cut_off, count in (("2026-03-02T11:59", 0), ("2026-03-02 12:00", 1)):
        wish = {"official": MAYOR, "cut_off": cut_off}
        page = admin.get(f"{ALL}/preview", query_string=wish).text
        assert f">{count} signature" in page
    admin.post(ALL, {"official": MAYOR, "cut_off": "2026-03-02T14:00+02:00"})
    assert value("SELECT asked_cut_off = '2026-03-02 12:00+00' FROM delivery")
