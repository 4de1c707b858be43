"""Hostile addresses, methods and headers to the running site: never a failure of ours."""

from __future__ import annotations

import pytest

from tests.public.wire import EVIL, SIGN, SLUG, head, send, shows_nothing_foreign
from tests.support.site import Site

pytestmark = pytest.mark.usefixtures("without_failures")

PAGE = f"/campaigns/{SLUG}"

ADDRESSES = {
    "/\0": 400,
    "/%00": 404,
    f"{PAGE}%00": 404,
    "/\xff": 400,
    "/%FF": 404,
    "/campaigns/%FF%FE": 404,
    "/%": 404,
    "/%zz": 404,
    "/%u0041": 404,
    "/a b": 400,
    "/?q=%00": 200,
    "/?q=%FF": 200,
    "//evil.example/": 404,
    f"/campaigns//{SLUG}": 404,
    f"{PAGE}/": 404,
    PAGE.upper(): 404,
    "/campaigns/n%C3%AFght": 404,
    "/campaigns/..%2F..%2Fetc": 404,
    "/campaigns/%2e%2e/articles": 404,
    "/campaigns/../campaigns": 404,
    "/campaigns/-": 404,
    "/campaigns/none/count.json": 404,
    "/campaigns/none/check-email": 404,
    "/campaigns/none/signed": 404,
    "/articles/none": 404,
    "/articles?page=0": 404,
    "/articles?page=1": 200,
    "/articles?page=1&page=2": 200,
    "/articles?page=99999": 404,
    "/articles?page=-1": 404,
    "/articles?page=99999999999999999999": 404,
    "/articles?page=1.0": 404,
    "/articles?page=": 404,
    "/articles?page=%00": 404,
    "/articles?page=1%00": 404,
    "/articles?page=%FF": 404,
    "/articles?page=%D9%A1": 404,
    "/articles?page=%C2%B2": 404,
    "/static/css/base.css": 200,
    "/static/css/base.css%00": 404,
    "/static/css/./base.css": 404,
    "/static/css/../css/base.css": 404,
    "/static/x/%2e%2e/css/base.css": 404,
    "/static/css/../css/public.css": 404,
    "/static/css/%FF": 404,
    "/static/css/": 404,
    "/static/../pyproject.toml": 404,
    "/static/%2e%2e/pyproject.toml": 404,
    "/static/..%2Fpyproject.toml": 404,
    "/static/..%5Cpyproject.toml": 404,
    "/static//etc/passwd": 404,
    "/static/%2Fetc%2Fpasswd": 404,
    f"/static/{'a' * 300}": 404,
    f"/static/{'a/' * 2000}": 404,
    "/confirm/short": 404,
    f"/confirm/{'a' * 250}": 404,
    "/confirm/1.2.3%00.4.5.6.7.8": 404,
    "/confirm/%2e%2e%2F%2e%2e%2Fetc%2Fpasswd": 404,
    f"/confirm/{'%F0%9F%92%A9' * 10}": 404,
    f"/confirm/{'9' * 100}.abcdef.{'a' * 43}": 404,
    "/dev/mailbox/..%2F..%2Fsecret_key": 404,
    "/dev/mailbox/............": 404,
    f"/{'a' * 9000}": 404,
    f"/?{'a' * 9000}": 200,
    f"/{'a' * 70_000}": 414,
    f"/?{'a' * 200_000}": 414,
    "http://evil.example/nowhere": 404,
    "*": 404,
}


@pytest.mark.parametrize(("address", "status"), ADDRESSES.items(), ids=lambda v: str(v)[:50])
def test_an_address(site: Site, address: str, status: int) -> None:
    line = f"GET {address} HTTP/1.1".encode("latin-1")
    answer = send(site, head(line, {"Host": EVIL}))
    assert answer.status == status
    assert shows_nothing_foreign(answer)


METHODS = {
    ("HEAD", PAGE): 200,
    ("HEAD", SIGN): 405,
    ("GET", SIGN): 405,
    ("get", PAGE): 200,
    ("OPTIONS", PAGE): 200,
    ("OPTIONS", SIGN): 200,
    ("PUT", SIGN): 405,
    ("PATCH", SIGN): 405,
    ("DELETE", PAGE): 405,
    ("TRACE", PAGE): 405,
    ("CONNECT", PAGE): 405,
    ("PROPFIND", PAGE): 405,
    ("BREW", SIGN): 405,
    ("G\0T", PAGE): 400,
    ("POST", PAGE): 405,
    ("POST", "/"): 405,
    ("POST", "/healthz"): 405,
    ("POST", "/static/css/base.css"): 405,
    ("POST", f"{PAGE}/count.json"): 405,
}


@pytest.mark.parametrize(("asked", "status"), METHODS.items(), ids=str)
def test_a_method(site: Site, asked: tuple[str, str], status: int) -> None:
    method, path = asked
    secret = {"Host": EVIL, "Cookie": "session=cookie-to-be-kept-quiet"}
    answer = send(site, head(f"{method} {path} HTTP/1.1".encode(), secret), method)
    assert answer.status == status
    assert shows_nothing_foreign(answer)
    assert b"cookie-to-be-kept-quiet" not in answer.body
    assert not [name for name in answer.headers if name.lower().startswith("x-groundswell")]


HEADERS = {
    "X-A: \0": 400,
    "X-A: \xff": 200,
    "X-A: folded\r\n line": 400,
    "X-A : space": 400,
    "\r\n".join(f"X-{number}: a" for number in range(300)): 431,
    "Cookie: session=\xff; session=\x01": 400,
    "Cookie: session=\xff": 200,
    "Accept: \xff": 200,
    "Accept: application/json;q=many": 200,
    "Accept-Language: \xff": 200,
    "Accept-Encoding: gzip;q=\xff": 200,
    'If-None-Match: W/"\xff': 200,
    "If-Modified-Since: yesterday": 200,
    "Range: bytes=0-1": 200,
    "Transfer-Encoding: gzip": 400,
    "Upgrade: websocket": 200,
    "Expect: nonsense": 200,
    f"X-Forwarded-Host: {EVIL}\r\nX-Forwarded-Proto: gopher\r\nX-Forwarded-Prefix: /{EVIL}": 200,
    f"Forwarded: host={EVIL};proto=gopher": 200,
    f"X-Original-URL: /{EVIL}\r\nX-Rewrite-URL: /{EVIL}": 200,
}


@pytest.mark.parametrize(("header", "status"), HEADERS.items(), ids=lambda v: str(v)[:40])
def test_a_header(site: Site, header: str, status: int) -> None:
    request = f"GET {PAGE} HTTP/1.1\r\nHost: {EVIL}\r\n{header}\r\nConnection: close\r\n\r\n"
    answer = send(site, request.encode("latin-1"))
    assert answer.status == status
    assert shows_nothing_foreign(answer)


@pytest.mark.parametrize(
    "data",
    [
        b"GET /\r\n\r\n",
        b"GET / HTTP/3.0\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
    ],
)
def test_what_is_no_http(site: Site, data: bytes) -> None:
    assert send(site, data).status == 400
