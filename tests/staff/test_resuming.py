"""What was written is not lost when a session ends, or when a file is far too large."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from campaign.staff import intake
from tests.support.making import make_campaign, rows, value
from tests.support.staff import PASSWORD, Staff
from tests.support.writing import MAYOR, article_form, error_of, night_buses, photo, revision_in

EDIT = "/staff/campaigns/night-buses/edit"
TEXT = 'Line one, with "quotes" & <marks>.\r\n\r\nLine two.'


@pytest.fixture
def organiser(staff: Callable[[str], Staff]) -> Staff:
    make_campaign()
    return staff("organiser")


def end_session(browser: Staff, how: str) -> None:
    if how == "the server forgot it":
        browser.post("/staff/logout")
    else:
        browser.client.delete_cookie("groundswell_staff", path="/staff")


def carried(page: str) -> dict[str, Any]:
    """What the page sends when one goes on writing."""
    found: dict[str, Any] = {}
    for name, text in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(text))
    return found


def send_video(browser: Staff, path: str, fields: dict[str, Any]) -> TestResponse:
    """Send a form with a file that is larger than anything we take."""
    video = FileStorage(io.BytesIO(bytes(intake.MAX_BODY)), "holiday.mov", "upload")
    fields = {"csrf_token": browser.token(), **fields, "upload": video}
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.client.post(path, data=body, content_type=kind)


@pytest.mark.parametrize("how", ["the server forgot it", "the browser forgot it"])
def test_after_signing_in_again_the_text_is_there(organiser: Staff, how: str) -> None:
    written = night_buses(title="Kept", markdown=TEXT, officials=["", MAYOR], revision="1")
    token = organiser.token()
    end_session(organiser, how)
    answer = organiser.client.post(EDIT, data={**written, "csrf_token": token})
    assert answer.status_code == 401
    fields = carried(answer.text)
    assert (fields["title"], fields["markdown"]) == (["Kept"], [TEXT])
    assert "csrf_token" not in fields
    assert f'action="{EDIT}"' in answer.text
    # Too early changes nothing: it is asked for again.
    assert carried(organiser.client.post(EDIT, data=fields).text) == fields
    assert organiser.sign_in("organiser@example.org", PASSWORD).status_code == 302
    form = organiser.client.post(EDIT, data=fields)
    assert form.status_code == 400
    assert "Your session had ended" in form.text
    assert 'value="Kept"' in form.text
    assert "Line two.</textarea>" in form.text
    assert f'value="{MAYOR}" selected' in form.text
    assert revision_in(form.text) == "1"
    assert value("SELECT title FROM campaign") == "Night buses for everyone"
    saved = organiser.post(EDIT, {**written, "revision": "1"})
    assert saved.status_code == 303
    assert value("SELECT title FROM campaign") == "Kept"


def test_the_same_holds_for_what_is_new(organiser: Staff) -> None:
    end_session(organiser, "the server forgot it")
    fields = carried(organiser.client.post("/staff/articles/new", data=article_form()).text)
    organiser.sign_in("organiser@example.org", PASSWORD)
    form = organiser.client.post("/staff/articles/new", data=fields)
    assert 'value="The last bus"' in form.text
    assert rows("SELECT FROM article") == []


def test_nobody_gets_a_form_that_their_role_does_not_have(organiser: Staff) -> None:
    for path in ("/staff/officials/new", f"/staff/officials/{MAYOR}/edit"):
        assert organiser.client.post(path, data={"name": "x"}).status_code == 403


def test_a_form_for_what_is_not_there_is_refused_as_ever(organiser: Staff) -> None:
    answer = organiser.client.post("/staff/campaigns/unknown/edit", data={"title": "x"})
    assert answer.status_code == 400


def test_other_forms_still_ask_for_their_token(organiser: Staff) -> None:
    assert organiser.client.post("/staff/preview/campaign", data={"title": "x"}).status_code == 400
    assert organiser.client.post("/staff/logout").status_code == 400


def test_a_file_that_is_far_too_large_comes_back_with_the_form(organiser: Staff) -> None:
    answer = send_video(organiser, EDIT, night_buses(title="Kept", revision="1"))
    assert answer.status_code == 400
    assert error_of(answer.text, "picture") == "The picture is larger than 10 MB."
    assert 'value="Kept"' in answer.text


def test_of_a_large_file_only_its_beginning_is_kept(app: Flask) -> None:
    with intake._Beginning(1000) as file:
        for _ in range(40):
            assert file.write(bytes(1024 * 1024)) == 1024 * 1024
        assert file.tell() == intake.MAX_BODY


def test_strangers_send_no_more_than_before(organiser: Staff) -> None:
    end_session(organiser, "the browser forgot it")
    answer = send_video(organiser, "/staff/login", {})
    assert answer.status_code == 413
    assert "your browser still has what you typed" in answer.text


def test_what_is_larger_than_anything_is_told_how_to_go_back(
    organiser: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MAX_READ", intake.MAX_BODY)
    answer = send_video(organiser, EDIT, night_buses(revision="1"))
    assert answer.status_code == 413
    assert "Go back: your browser still has what you typed" in answer.text


def test_moving_an_official_up_keeps_the_picture_that_was_chosen(organiser: Staff) -> None:
    make_campaign("other")
    upload = (io.BytesIO(photo()), "photo.jpg")
    both = ["official-of-other", MAYOR]
    moved = organiser.post(EDIT, night_buses(officials=both, up="1", upload=upload, revision="1"))
    assert moved.status_code == 200
    name = value("SELECT encode(sha256, 'hex') FROM picture")
    assert f'name="picture" value="{name}"' in moved.text
    broken = (io.BytesIO(b"no picture"), "photo.jpg")
    told = organiser.post(EDIT, night_buses(officials=both, more="y", upload=broken, revision="1"))
    assert "is not a whole JPEG" in error_of(told.text, "picture")
