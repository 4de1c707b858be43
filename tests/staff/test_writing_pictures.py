"""Lead pictures in the workspace."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.making import make_campaign, rows, value
from tests.support.staff import Staff
from tests.support.writing import error_of, night_buses, photo

EDIT = "/staff/campaigns/night-buses/edit"


@pytest.fixture
def organiser(staff: Callable[[str], Staff]) -> Staff:
    return staff("organiser")


def test_a_picture_is_uploaded_described_shown_and_taken_away(
    organiser: Staff, client: FlaskClient
) -> None:
    make_campaign()

    def sent(**changes: Any) -> dict[str, Any]:
        upload = (io.BytesIO(photo((1000, 500))), "../../etc/passwd.php")
        return night_buses(upload=upload, **changes)

    answer = organiser.post(EDIT, sent(revision="1"))
    assert "say what the picture shows" in error_of(answer.text, "picture_alt")
    # It need not be chosen again: the form knows it by now.
    name = value("SELECT encode(sha256, 'hex') FROM picture")
    assert f'name="picture" value="{name}"' in answer.text
    described = night_buses(picture=name, picture_alt='A "bus"', revision="1")
    assert organiser.post(EDIT, described).status_code == 303
    page = client.get("/campaigns/night-buses").text
    assert f"/pictures/{name}.webp 1000w" in page
    assert f'<source type="image/avif" srcset="/pictures/{name}-small.avif 640w, ' in page
    assert 'width="1000" height="500" alt="A &#34;bus&#34;" loading="lazy"' in page
    organiser.post(EDIT, {**described, "no_picture": "y", "revision": "2"})
    assert rows("SELECT picture_sha256, picture_alt FROM campaign") == [(None, "")]


def test_an_upload_that_is_no_picture_is_refused_and_the_rest_kept(organiser: Staff) -> None:
    make_campaign()
    upload = (io.BytesIO(b"<script>alert(1)</script>"), "photo.jpg", "image/jpeg")
    answer = organiser.post(EDIT, night_buses(upload=upload, title="Kept", revision="1"))
    assert answer.status_code == 400
    assert "is not a whole JPEG, PNG or WebP picture" in error_of(answer.text, "picture")
    assert 'value="Kept"' in answer.text
