"""Writing campaigns in the workspace."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.support.making import form, make_campaign, rows, value
from tests.support.staff import Staff
from tests.support.writing import MAYOR, campaign_form, error_of, night_buses, opened, revision_in

NEW = "/staff/campaigns/new"
EDIT = "/staff/campaigns/night-buses/edit"


@pytest.fixture
def organiser(staff: Callable[[str], Staff]) -> Staff:
    return staff("organiser")


def test_a_campaign_is_written_as_a_draft_then_opened(
    organiser: Staff, client: FlaskClient
) -> None:
    assert organiser.post(NEW, campaign_form()).location == (
        "/staff/campaigns/school-libraries/edit"
    )
    assert client.get("/campaigns/school-libraries").status_code == 404
    assert "New campaign" in organiser.get("/staff/").text
    # Only a draft may do without an official.
    path = "/staff/campaigns/school-libraries/edit"
    answer = organiser.post(path, campaign_form(state="open", revision="1"))
    assert answer.status_code == 400
    assert error_of(answer.text, "officials") == "Officials is missing."
    make_campaign()
    opened = campaign_form(state="open", revision="1", officials=["", MAYOR, ""])
    assert organiser.post(path, opened).status_code == 303
    page = client.get("/campaigns/school-libraries").text
    assert "We ask for open doors." in page
    assert "Ada Okafor" in page


def test_the_order_of_officials_is_that_of_the_form(organiser: Staff) -> None:
    make_campaign()
    make_campaign("other")
    both = ["official-of-other", MAYOR]
    # Moving one up shows the form again and saves nothing.
    moved = organiser.post(EDIT, night_buses(officials=both, up="1", revision="1", title="Kept"))
    assert moved.status_code == 200
    assert moved.text.index(f'value="{MAYOR}" selected') < moved.text.index(
        'value="official-of-other" selected'
    )
    assert 'value="Kept"' in moved.text
    organiser.post(EDIT, night_buses(officials=both, revision="1"))
    query = "SELECT slug FROM campaign_official JOIN official o ON o.id = official_id"
    found = rows(f"{query} WHERE campaign_id = 1 ORDER BY position")
    assert found == [("official-of-other",), (MAYOR,)]
    twice = organiser.post(EDIT, night_buses(officials=[MAYOR, MAYOR], revision="2"))
    assert "is the same as that of officials[1]" in error_of(twice.text, "officials")
    nobody = organiser.post(EDIT, night_buses(officials=["nobody"], revision="2"))
    assert "'nobody' is nobody who is known" in error_of(nobody.text, "officials")


def test_moving_nonsense_up_moves_nothing(organiser: Staff) -> None:
    make_campaign()
    for up in ("", "0", "-1", "99", "x", "٣", "9" * 5000):
        assert organiser.post(EDIT, night_buses(up=up, revision="1")).status_code == 200
    assert value("SELECT revision FROM campaign") == 1


def test_a_text_that_was_signed_is_only_replaced_on_purpose(
    organiser: Staff, client: FlaskClient
) -> None:
    make_campaign()
    assert client.post("/campaigns/night-buses/sign", data=form()).status_code == 303
    page = organiser.get(EDIT).text
    assert "People have signed this pledge." in page
    changed = night_buses(markdown="We ask for night buses on every line.", revision="1")
    answer = organiser.post(EDIT, changed)
    assert answer.status_code == 400
    assert "must be ticked" in error_of(answer.text, "new_text")
    assert "<del>, every day of the week</del>" in answer.text
    assert rows("SELECT version FROM pledge_text") == [(1,)]
    assert organiser.post(EDIT, {**changed, "new_text": "y"}).status_code == 303
    assert rows("SELECT version FROM pledge_text ORDER BY 1") == [(1,), (2,)]
    # Whoever signed stays tied to the first; the record names both numbers.
    signed = "SELECT version FROM signature s JOIN pledge_text t ON t.id = s.pledge_text_id"
    assert rows(signed) == [(1,)]
    details = value("SELECT details FROM audit_event ORDER BY number DESC LIMIT 1")
    assert (details["old text version"], details["new text version"]) == (1, 2)
    versions = organiser.get("/staff/campaigns/night-buses/versions").text
    assert "<del>, every day of the week</del>" in versions


def test_the_first_text_is_changed_freely_until_somebody_signs(organiser: Staff) -> None:
    make_campaign()
    changed = night_buses(markdown="Other words.", revision="1")
    assert organiser.post(EDIT, changed).status_code == 303


def test_other_facts_of_a_signed_campaign_need_no_tick(
    organiser: Staff, client: FlaskClient
) -> None:
    make_campaign()
    client.post("/campaigns/night-buses/sign", data=form())
    assert organiser.post(EDIT, night_buses(goal="2000", revision="1")).status_code == 303
    assert rows("SELECT goal FROM campaign") == [(2000,)]
    assert rows("SELECT version FROM pledge_text") == [(1,)]


def test_a_delivered_campaign_is_not_reopened_by_accident(organiser: Staff) -> None:
    make_campaign(state="delivered")
    answer = organiser.post(EDIT, night_buses(state="open", revision="1"))
    assert answer.status_code == 400
    assert "has been delivered" in error_of(answer.text, "state")
    left = organiser.post(EDIT, night_buses(state="delivered", goal="7", revision="1"))
    assert left.status_code == 303
    assert rows("SELECT state, goal FROM campaign") == [("delivered", 7)]
    on_purpose = night_buses(state="closed", reopen="y", revision="2")
    assert organiser.post(EDIT, on_purpose).status_code == 303
    assert rows("SELECT state FROM campaign") == [("closed",)]


def test_nobody_chooses_delivered(organiser: Staff) -> None:
    make_campaign()
    answer = organiser.post(EDIT, night_buses(state="delivered", revision="1"))
    assert answer.status_code == 400
    assert rows("SELECT state FROM campaign") == [("open",)]


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_campaign_that_is_paused_or_closed_takes_no_signature(
    organiser: Staff, client: FlaskClient, state: str
) -> None:
    make_campaign()
    organiser.post(EDIT, night_buses(state=state, revision="1"))
    assert client.post("/campaigns/night-buses/sign", data=form()).status_code == 409
    details = value("SELECT details FROM audit_event ORDER BY number DESC LIMIT 1")
    assert details["state"] == f"open → {state}"


def test_a_schedule_is_kept_in_utc_and_shown_again(organiser: Staff) -> None:
    make_campaign()
    times = {"opens": "2026-02-01T06:30", "closes": "2190-02-01T18:00"}
    assert organiser.post(EDIT, night_buses(**times, revision="1")).status_code == 303
    page = organiser.get(EDIT).text
    assert 'value="2026-02-01T06:30"' in page
    assert 'value="2190-02-01T18:00"' in page
    turned = night_buses(opens=times["closes"], closes=times["opens"], revision="2")
    answer = organiser.post(EDIT, turned)
    assert error_of(answer.text, "closes") == "Closes must come after opens."


def test_a_time_with_an_offset_is_converted_and_said(organiser: Staff) -> None:
    make_campaign()
    times = {"opens": "2026-05-31T18:00+02:00", "closes": "2026-06-30 18:00"}
    answer = organiser.post(EDIT, night_buses(**times, revision="1"))
    assert answer.status_code == 303
    page = organiser.get(EDIT).text
    assert "It opens at 2026-05-31 16:00 UTC." in page
    assert "It closes at" not in page
    assert 'value="2026-05-31T16:00"' in page
    assert 'value="2026-06-30T18:00"' in page
    wrong = organiser.post(EDIT, night_buses(opens="31.5.2026 18:00", revision="2"))
    assert 'value="31.5.2026 18:00"' in wrong.text
    assert "must be a date like" in error_of(wrong.text, "opens")


def test_the_second_click_of_a_double_click_is_a_save(
    organiser: Staff, staff: Callable[[str], Staff]
) -> None:
    make_campaign()
    twice = night_buses(title="Clicked twice", revision="1")
    assert [organiser.post(EDIT, twice).status_code for _ in range(2)] == [303, 303]
    assert value("SELECT revision FROM campaign") == 2
    assert "The campaign is saved." in organiser.get(EDIT).text
    # Another one who says the same, and whoever says something else, are told.
    assert staff("admin").post(EDIT, twice).status_code == 409
    assert organiser.post(EDIT, {**twice, "title": "Something else"}).status_code == 409


def test_the_second_to_save_is_told_what_differs(
    organiser: Staff, staff: Callable[[str], Staff]
) -> None:
    make_campaign()
    seen = opened(organiser, EDIT)
    staff("admin").post(EDIT, night_buses(goal="2000", revision=seen))
    answer = organiser.post(EDIT, night_buses(goal="3000", revision=seen))
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "admin@example.org" in page
    assert "<del>2000</del><ins>3000</ins>" in page
    assert "<h3>Address</h3>" not in page
    again = night_buses(goal="3000", revision=revision_in(answer.text))
    assert organiser.post(EDIT, again).status_code == 303
    history = organiser.get("/staff/campaigns/night-buses/history").text
    assert "<del>2000</del><ins>3000</ins>" in history
    # This campaign is older than the keeping of saves: how it was before the first is there, too.
    first = organiser.get("/staff/campaigns/night-buses/history?old=1&new=2").text
    assert "<del>1000</del><ins>2000</ins>" in first


def test_the_preview_is_the_real_page_and_stores_nothing(organiser: Staff) -> None:
    make_campaign()
    given = night_buses(title="Soon", state="draft", slug="night-buses", markdown="**Bold**")
    answer = organiser.post("/staff/preview/campaign", given)
    assert answer.status_code == 200
    for shown in ("Soon", "<strong>Bold</strong>", "Ada Okafor", "version 2", "Sign this pledge"):
        assert shown in answer.text
    assert value("SELECT title FROM campaign") == "Night buses for everyone"
    hostile = {
        "title": "\0",
        "goal": "-1",
        "officials": ["\0", "x"],
        "opens": "x",
        "markdown": "\0",
    }
    for fields in ({}, hostile, campaign_form(goal="9" * 400, picture="zz")):
        assert organiser.post("/staff/preview/campaign", fields).status_code == 200


def test_what_is_not_there_is_not_found(organiser: Staff) -> None:
    make_campaign()
    for path in ("none/edit", "none/versions", "none/history", "night-buses/versions?old=2"):
        assert organiser.get(f"/staff/campaigns/{path}").status_code == 404, path
    assert organiser.post("/staff/campaigns/none/edit", night_buses()).status_code == 404


def test_how_long_data_is_kept_is_chosen_and_recorded(organiser: Staff) -> None:
    make_campaign()
    page = organiser.get(EDIT).text
    assert "Empty: 6, as everywhere." in unescape(page)
    assert organiser.post(EDIT, night_buses(keep_months="12", revision="1")).status_code == 303
    assert 'value="12"' in organiser.get(EDIT).text
    noted = "SELECT details ->> 'keep_months' FROM audit_event WHERE action = 'campaign updated'"
    assert value(noted) == "none → 12"
    answer = organiser.post(EDIT, night_buses(keep_months="0", revision="2"))
    assert answer.status_code == 400
    assert "must be a whole number from 1 to 120" in error_of(answer.text, "keep_months")
    organiser.post(EDIT, night_buses(keep_months="", revision="2"))
    assert value("SELECT keep_months FROM campaign") is None
