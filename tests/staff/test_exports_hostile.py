"""Addresses and queries that lead to no export of this campaign."""

from __future__ import annotations

from itertools import product

from flask import Flask

from tests.delivery.export_making import files
from tests.delivery.making import SLUG, petition
from tests.staff.test_exports import ALL, FORM, Sign, ready

HOSTILE = ["0", "99999999999999999", "9" * 19, "9" * 5000, "-1", "1%00", "1.0", "x", "%27", "٣"]


def test_numbers_of_nothing_are_not_found(app: Flask, staff: Sign) -> None:
    ready()
    admin = staff("admin")
    for number in HOSTILE:
        for end in ("", "/file", "/progress.json"):
            assert admin.get(f"{ALL}/{number}{end}").status_code == 404
        for act in ("again", "cancel", "delete"):
            assert admin.post(f"{ALL}/{number}/{act}").status_code == 404
    assert files(app.extensions["groundswell"].data_dir)


def test_hostile_queries_do_no_harm(app: Flask, staff: Sign) -> None:
    ready()
    admin = staff("admin")
    lists = (ALL, f"/staff/campaigns/{SLUG}/deliveries")
    for path, before in product(lists, HOSTILE):
        assert admin.get(f"{path}?before={before}").status_code == 200


def test_an_export_is_found_under_its_own_campaign_only(app: Flask, staff: Sign) -> None:
    one, admin = ready(), staff("admin")
    petition("other")
    for end in ("", "/file", "/progress.json"):
        assert admin.get(f"/staff/campaigns/other/exports/{one}{end}").status_code == 404
        assert admin.get(f"/staff/campaigns/nope/exports/{one}{end}").status_code == 404
    assert admin.get("/staff/campaigns/nope/exports").status_code == 404
    assert admin.post("/staff/campaigns/nope/exports", dict(FORM)).status_code == 404
