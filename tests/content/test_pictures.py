"""What becomes of an uploaded picture."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text

from campaign.content import pictures
from campaign.content.pictures import store_picture
from campaign.errors import Invalid
from campaign.extensions import db
from tests.support.making import make_campaign, rows, value
from tests.support.staff import Staff
from tests.support.writing import article_form, night_buses, photo

BROKEN = "is not a whole JPEG, PNG or WebP picture"


def stored(column: str = "large") -> Image.Image:
    return Image.open(io.BytesIO(value(f"SELECT {column} FROM picture")))


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is that large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + sum_

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_in_two_sizes(app: Flask, kind: str) -> None:
    store_picture(photo((2000, 1000), kind), by="ada")
    assert (stored().format, stored().size) == ("WEBP", (1280, 640))
    assert stored("small").size == (640, 320)
    assert rows("SELECT width, height, created_by FROM picture") == [(1280, 640, "ada")]


def test_it_is_made_as_avif_too_for_those_who_read_it(app: Flask) -> None:
    store_picture(photo((2000, 1000)), by="ada")
    for column, size in (("large_avif", (1280, 640)), ("small_avif", (640, 320))):
        assert (stored(column).format, stored(column).size) == ("AVIF", size)
        assert not {"exif", "icc_profile", "xmp"} & set(stored(column).info)


def test_a_small_picture_is_not_blown_up(app: Flask) -> None:
    store_picture(photo((40, 30)), by="ada")
    assert stored().size == stored("small").size == (40, 30)


def test_nothing_that_the_camera_wrote_stays(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    raw = photo(exif=exif, comment=b"SECRET COMMENT", icc_profile=b"SECRET PROFILE")
    assert raw.count(b"SECRET") == 3
    store_picture(raw, by="ada")
    everything = "SELECT large || small || large_avif || small_avif FROM picture"
    assert b"SECRET" not in value(everything)
    assert not stored().getexif()
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(stored().info)


def test_a_picture_taken_sideways_stands_upright(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Turn a quarter clockwise to see it.
    store_picture(photo((40, 30), exif=exif), by="ada")
    assert stored().size == (30, 40)
    top, bottom = stored().getpixel((15, 3)), stored().getpixel((15, 36))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, bottom[2] > 200) == (True, True)


def test_the_same_picture_is_kept_once(app: Flask) -> None:
    assert store_picture(photo(), by="ada") == store_picture(photo(), by="ben")
    assert rows("SELECT created_by FROM picture") == [("ada",)]


def grown_old(*, days: float = 2) -> None:
    with db.engine.begin() as connection:
        age = {"days": days}
        connection.execute(
            text("UPDATE picture SET created_at = now() - :days * interval '1 day'"), age
        )


def kept() -> list[str]:
    return [row[0] for row in rows("SELECT encode(sha256, 'hex') FROM picture ORDER BY sha256")]


def test_a_picture_that_nothing_uses_is_deleted_after_a_day(app: Flask) -> None:
    store_picture(photo((30, 30)), by="ada")
    pictures.forget_unused()
    assert len(kept()) == 1
    grown_old()
    pictures.forget_unused()
    assert kept() == []


def test_what_is_used_or_was_once_saved_is_kept(app: Flask, staff: Callable[[str], Staff]) -> None:
    make_campaign()
    edit, organiser = "/staff/campaigns/night-buses/edit", staff("organiser")
    names = [store_picture(photo((size, 30)), by="ada") for size in (30, 40, 50, 60)]
    for number, name in enumerate(names[:2], start=1):
        given = night_buses(picture=name, picture_alt="A bus", revision=str(number))
        assert organiser.post(edit, given).status_code == 303
    given = article_form(picture=names[2], picture_alt="A bus")
    assert organiser.post("/staff/articles/new", given).status_code == 303
    # A picture that a row alone knows, as if its saves had never been kept.
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM content_revision WHERE subject LIKE 'article:%'"))
    grown_old()
    pictures.forget_unused()
    assert kept() == sorted(names[:3])
    assert organiser.get("/pictures/" + names[0] + ".webp").status_code == 200


def test_a_picture_that_is_uploaded_again_has_its_day_anew(app: Flask) -> None:
    name = store_picture(photo(), by="ada")
    grown_old()
    assert store_picture(photo(), by="zoe") == name
    pictures.forget_unused()
    assert kept() == [name]


def test_a_picture_from_before_avif_gets_it_when_it_is_uploaded_again(app: Flask) -> None:
    name = store_picture(photo(), by="ada")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE picture SET large_avif = NULL, small_avif = NULL"))
    assert not value("SELECT has_avif FROM picture")
    assert app.test_client().get(f"/pictures/{name}.avif").status_code == 404
    store_picture(photo(), by="zoe")
    assert value("SELECT has_avif FROM picture")


def test_transparency_stays(app: Flask) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(out, "PNG")
    store_picture(out.getvalue(), by="ada")
    assert stored().mode == stored("large_avif").mode == "RGBA"


def test_colours_of_print_and_palettes_become_those_of_screens(app: Flask) -> None:
    kinds = {"CMYK": "JPEG", "P": "PNG", "L": "JPEG", "1": "PNG", "I;16": "PNG"}
    for mode, kind in kinds.items():
        out = io.BytesIO()
        Image.new(mode, (20, 20)).save(out, kind)
        store_picture(out.getvalue(), by="ada")
    assert value("SELECT count(*) > 0 FROM picture")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", BROKEN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", BROKEN),
        (b"<html><script>alert(1)</script>", BROKEN),
        (b"\x89PNG\r\n\x1a\n", BROKEN),
        (b"\xff\xd8\xff\xe0" + bytes(100), BROKEN),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", BROKEN),
        (photo((400, 300), "GIF"), BROKEN),
        (photo((400, 300), "TIFF"), BROKEN),
        (photo((400, 300))[:2000], BROKEN),
        (photo((400, 300), "PNG")[:300], BROKEN),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", BROKEN),
        (png_of(10_000, 10_000), "has more than 50 million pixels"),
        (png_of(60_000, 60_000), "has more than 50 million pixels"),
        (png_of(2**31 - 1, 2**31 - 1), "has more than 50 million pixels"),
        (png_of(0, 10), BROKEN),
        (bytes(pictures.MAX_BYTES + 1), "is larger than 10 MB"),
    ],
    ids=lambda given: f"{given[:8]!r}" if isinstance(given, bytes) else None,
)
def test_what_is_no_picture_is_refused(app: Flask, raw: bytes, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        store_picture(raw, by="ada")
    assert refused.value.fields == {"picture": reason}
    assert rows("SELECT FROM picture") == []


def test_a_picture_is_served_under_its_hash_for_good(app: Flask, client: FlaskClient) -> None:
    name = store_picture(photo((2000, 1000)), by="ada")
    for kind, ending in (("webp", ""), ("avif", "_avif")):
        for path, column in ((name, "large"), (f"{name}-small", "small")):
            answer = client.get(f"/pictures/{path}.{kind}")
            assert answer.status_code == 200
            assert answer.data == value(f"SELECT {column}{ending} FROM picture")
            assert answer.content_type == f"image/{kind}"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path", ["ff" * 32 + ".webp", "FF.webp", "..%2f.webp", "%00.webp", "ff" * 32 + "-tiny.webp"]
)
def test_a_picture_that_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/pictures/{path}").status_code == 404
