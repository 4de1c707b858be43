"""What holds for every public page."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.making import confirm_token, form

CAMPAIGN = "/campaigns/night-buses"
every_page = pytest.mark.parametrize(
    "path",
    [
        "/",
        "/articles",
        "/articles/article-1",
        "/campaigns",
        CAMPAIGN,
        f"{CAMPAIGN}/check-email",
        f"{CAMPAIGN}/signed",
        f"{CAMPAIGN}/deliveries",
        "/privacy",
    ],
)


@every_page
def test_every_page_is_safe_anonymous_and_the_same_for_everyone(
    reader: FlaskClient, path: str
) -> None:
    response = reader.get(path)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    # What has a page for one reader under the same address is left to no cache on the way.
    kept = "private, no-cache" if path.endswith("/signed") else "public, max-age="
    assert response.headers["Cache-Control"].startswith(kept)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Groundswell-Keep" not in response.headers
    assert_strict(response)


def without_data(page: str) -> str:
    """The page without what no browser loads or executes: data for machines, and where the page
    itself is to be found."""
    data = r'<script type="application/ld\+json">[^<]*</script>'
    itself = r'<link rel="(?:canonical|alternate)"[^>]*? href="http://127\.0\.0\.1:8000/[^"]*">'
    return re.sub(f"{data}|{itself}", "", page)


def assert_strict(response: TestResponse) -> None:
    """A policy without exceptions, and a page that needs none."""
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    page = without_data(response.text)
    inline = r"<style|<script(?![^>]* src=)|\son\w+=|\sstyle=|javascript:"
    assert re.search(inline, page) is None
    loaded = r'(?:src|srcset|action)="([^"]*)|<link[^>]* href="([^"]*)|url\(([^)]*)'
    found = ["".join(link) for link in re.findall(loaded, page)]
    assert found != []
    assert [link for link in found if not re.match(r"/(?!/)", link)] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/none", 404),
        ("/articles/none", 404),
        ("/campaigns/none", 404),
        ("/confirm/abcdefghijklmnop", 404),
        ("/office/abcdefghijklmnop", 404),
        ("/unsubscribe/abcdefghijklmnop", 404),
        (f"{CAMPAIGN}/deliveries/1.json", 404),
        (f"{CAMPAIGN}/sign", 405),
    ],
)
def test_an_error_is_a_page_or_json_as_asked(reader: FlaskClient, path: str, status: int) -> None:
    page = reader.get(path)
    assert page.status_code == status
    assert "<h1" in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"
    assert_strict(page)
    answer = reader.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["status"] == status


def test_a_form_with_mistakes_and_a_confirmation_page_are_strict_too(reader: FlaskClient) -> None:
    wrong = reader.post(f"{CAMPAIGN}/sign", data=form(name="", email="x"))
    assert wrong.status_code == 400
    assert_strict(wrong)
    reader.post(f"{CAMPAIGN}/sign", data=form())
    page = reader.get(f"/confirm/{confirm_token()}")
    assert page.status_code == 200
    assert_strict(page)
    for response in (wrong, page):
        assert "Set-Cookie" not in response.headers
        assert "public" not in response.headers.get("Cache-Control", "")


@every_page
def test_head_says_what_get_says_without_a_body(reader: FlaskClient, path: str) -> None:
    got, headed = reader.get(path), reader.head(path)
    assert headed.data == b""
    assert headed.status_code == got.status_code
    assert dict(headed.headers) == dict(got.headers)


@every_page
def test_a_page_that_is_known_is_not_sent_again(reader: FlaskClient, path: str) -> None:
    tag = reader.get(path).headers["ETag"]
    again = reader.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert reader.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200


@every_page
def test_a_page_comes_packed_to_those_who_can_unpack(reader: FlaskClient, path: str) -> None:
    plain = reader.get(path)
    packed = reader.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding, Accept-Language"
    assert gzip.decompress(packed.data) == plain.data


@every_page
def test_nothing_a_visitor_sends_changes_the_page_for_others(
    reader: FlaskClient, path: str
) -> None:
    sent = {
        "Cookie": "session=visitor",
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "Accept-Language": "de",
        "Referer": "http://evil.example/",
        "User-Agent": "visitor",
    }
    first = reader.get(f"{path}?utm_source=visitor", headers=sent)
    for response in (first, reader.get(path)):
        assert b"visitor" not in response.data
        assert b"evil.example" not in response.data
    assert first.data == reader.get(path).data
