"""The picture beside a shared link: drawn when it is wanted, seldom anew, never a failure."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from campaign.delivery import picturing
from campaign.delivery.errors import CannotWrite
from campaign.delivery.picturing import Subject, share_picture
from campaign.resources import folder
from tests.support.making import make_campaign

SHARE = "/campaigns/night-buses/share.png"
SUBJECT = Subject("night-buses", "Night buses for everyone", 12, 100, 7)
FALLBACK = (folder("static") / "img" / "share.png").read_bytes()


@pytest.fixture(autouse=True)
def nothing_drawn(data_dir: Path) -> None:
    for path in (data_dir / "shares").glob("*"):
        path.unlink()


def drawn(data_dir: Path) -> list[str]:
    return sorted(path.name for path in (data_dir / "shares").glob("*.png"))


def grow_old(data_dir: Path, seconds: int) -> None:
    for path in (data_dir / "shares").glob("*.png"):
        then = time.time() - seconds
        os.utime(path, (then, then))


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise CannotWrite("no room")

    monkeypatch.setattr(picturing, "typeset_each", refuse)


def test_a_campaign_has_a_picture_of_the_size_that_others_show(client: FlaskClient) -> None:
    make_campaign()
    answer = client.get(SHARE)
    assert answer.status_code == 200
    assert answer.content_type == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
    assert answer.data != FALLBACK
    again = client.get(SHARE, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_draft_and_what_is_not_there_have_none(client: FlaskClient) -> None:
    make_campaign(state="draft")
    assert client.get(SHARE).status_code == 404
    assert client.get("/campaigns/none/share.png").status_code == 404


@pytest.mark.parametrize(
    "title",
    [
        "حافلات ليلية لكل حي",
        "夜间巴士 🚌",
        "W" * 200,
        "# *not* Typst $x$ #panic()",
        "\u202e\u0007x",
    ],
)
def test_every_title_can_be_drawn(app: Flask, title: str) -> None:
    found = share_picture(Subject("night-buses", title, 1, 0, 3))
    assert found
    assert Image.open(io.BytesIO(found)).size == (1200, 630)


def test_letters_are_drawn_in_their_own_script(app: Flask) -> None:
    """An Arabic word is joined and runs from right to left: not the same as its letters apart."""
    joined = share_picture(Subject("night-buses", "حافلات", 1, 9, 3))
    apart = share_picture(Subject("other", "\u200c".join("حافلات"), 1, 9, 3))
    assert joined != apart
    assert joined
    # The title begins at the right.
    picture = Image.open(io.BytesIO(joined)).convert("L")
    left, right = picture.crop((64, 130, 400, 370)), picture.crop((800, 130, 1136, 370))
    assert left.getextrema()[1] < 128 < right.getextrema()[1]


def test_the_bar_grows_with_the_count(app: Flask) -> None:
    def yellow(subject: Subject) -> int:
        found = share_picture(subject)
        assert found
        row = Image.open(io.BytesIO(found)).convert("RGB").crop((64, 480, 1136, 481)).tobytes()
        return sum(red > 200 and blue < 90 for red, blue in zip(row[::3], row[2::3], strict=True))

    few, many = Subject("few", "x", 10, 100, 7), Subject("many", "x", 90, 100, 7)
    assert yellow(few) < 150
    assert yellow(many) > 900


def test_the_same_picture_is_not_drawn_again(app: Flask, data_dir: Path) -> None:
    first = share_picture(SUBJECT)
    grow_old(data_dir, 3600)
    before = os.stat(data_dir / "shares" / drawn(data_dir)[0]).st_mtime_ns
    assert share_picture(SUBJECT) == first
    assert os.stat(data_dir / "shares" / drawn(data_dir)[0]).st_mtime_ns == before


def test_a_new_count_is_drawn_once_the_last_picture_is_a_minute_old(
    app: Flask, data_dir: Path
) -> None:
    first = share_picture(SUBJECT)
    more = Subject(SUBJECT.slug, SUBJECT.title, 13, 100, 7)
    assert share_picture(more) == first
    grow_old(data_dir, 61)
    second = share_picture(more)
    assert second != first
    for count in (14, 15, 16):
        grow_old(data_dir, 61)
        share_picture(Subject(SUBJECT.slug, SUBJECT.title, count, 100, 7))
    assert len(drawn(data_dir)) == 2


def test_while_one_is_drawn_others_get_the_last_one(
    app: Flask, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = share_picture(SUBJECT)
    grow_old(data_dir, 61)
    monkeypatch.setattr(picturing, "_LONGEST_WAIT", 0.0)
    with picturing._alone(data_dir / "shares", wait=False) as alone:
        assert alone
        assert share_picture(Subject(SUBJECT.slug, SUBJECT.title, 13, 100, 7)) == first
        assert share_picture(Subject("another", "x", 13, 100, 7)) is None
    assert share_picture(Subject("another", "x", 13, 100, 7)) is not None


def test_when_drawing_fails_the_last_picture_or_a_general_one_is_shown(
    client: FlaskClient, no_drawing: None
) -> None:
    make_campaign()
    answer = client.get(SHARE)
    assert (answer.status_code, answer.data) == (200, FALLBACK)
    assert answer.headers["Cache-Control"] == "public, max-age=10"


def test_the_general_picture_has_the_size_that_pages_say() -> None:
    assert Image.open(io.BytesIO(FALLBACK)).size == (picturing.WIDTH, picturing.HEIGHT)
