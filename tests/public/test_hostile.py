"""Hostile posts to the running site: the exact refusal, and nothing written or mailed for it."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.public.wire import (
    EVIL,
    FORM,
    JSON,
    MUCH,
    SIGN,
    SLUG,
    check,
    chunked,
    effect,
    form,
    form_with,
    post,
    send,
)
from tests.support.site import Site

pytestmark = pytest.mark.usefixtures("without_failures")

MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nZoe\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../x.py"\r\n'
    b"Content-Type: text/x-python\r\n\r\nimport this\r\n--x--\r\n"
)

FORMS: dict[str, tuple[bytes, int]] = {
    "as it should be": (form(), 303),
    "NUL in the name": (form(name="Zo\0e"), 400),
    "NUL in the address": (form(email="a\0@example.org"), 400),
    "NUL in the country": (form(country="G\0B"), 400),
    "NUL in the postcode": (form(postcode="N1\0"), 400),
    "NUL in the comment": (form(comment="\0"), 400),
    "NUL in the consent": (form(consent="y\0"), 400),
    "NUL in the text version": (form(text_version="1\0"), 400),
    "NUL as it is": (form_with("name", b"Zo\0e"), 400),
    "broken UTF-8 in the name": (form_with("name", b"Zo%FF%FE"), 400),
    "broken UTF-8 in the address": (form_with("email", b"a%FF@example.org"), 400),
    "broken UTF-8 in the comment": (form_with("comment", b"%C3%28"), 400),
    "broken UTF-8 as it is": (form_with("name", b"Zo\xff\xfe"), 400),
    "broken UTF-8 in a field we do not know": (form() + b"&%FF=%FE", 303),
    "an encoded surrogate": (form_with("name", b"Zo%ED%A0%80"), 400),
    "an overlong NUL": (form_with("name", b"Zo%C0%80"), 400),
    "bidi override in the name": (form(name="Zo\u202ee"), 400),
    "bidi isolate in the comment": (form(comment="so\u2066 true"), 400),
    "a tag character": (form(name="Zo\U000e0041e"), 400),
    "a stack of marks": (form(name="Z" + "\u0301" * 20), 400),
    "an escape sequence": (form(name="Zo\x1b[31me"), 400),
    "a web address for a name": (form(name="Win at www.rotten.example"), 400),
    "a name of 121 characters": (form(name="Z" * 121), 400),
    "no letter in the name": (form(name="12345"), 400),
    "a mail header in the name": (form(name="Zoe\r\nBcc: b@example.org"), 400),
    "LF in the name": (form(name="Zoe\nZoe"), 400),
    "CR in the name": (form(name="Zoe\rZoe"), 400),
    "a line separator in the name": (form(name="Zoe\u2028Zoe"), 400),
    "a mail header in the address": (form(email="a@example.org\r\nBcc: b@example.org"), 400),
    "CR LF in the country": (form(country="GB\r\n"), 400),
    "CR LF in the postcode": (form(postcode="N1\r\n9GU"), 400),
    "CR LF in the consent": (form(consent="y\r\n"), 400),
    "CR LF in the comment, as browsers send it": (form(comment="One.\r\nTwo."), 303),
    "two addresses by comma": (form(email="a@example.org,b@example.org"), 400),
    "two addresses by semicolon": (form(email="a@example.org;b@example.org"), 400),
    "two addresses by space": (form(email="a@example.org b@example.org"), 400),
    "an address with a name": (form(email="Zoe <a@example.org>"), 400),
    "a quoted local part": (form(email='"a b"@example.org'), 400),
    "an address at a number": (form(email="a@[127.0.0.1]"), 400),
    "an address at this machine": (form(email="root@localhost"), 400),
    "no consent": (form(consent=""), 400),
    "consent spelled out": (form(consent="yes"), 400),
    "a country that is none": (form(country="XX"), 400),
    "a text version that is none": (form(text_version="9" * 5000), 400),
    "a text version in superscript": (form(text_version="²"), 400),
    "more fields of one name": (form() + b"&consent=n&name=%00", 303),
    "fields we do not know": (form(admin="1", state="confirmed"), 303),
    "nothing": (b"", 400),
    "no field": (b"hello", 400),
    "a form by semicolons": (form().replace(b"&", b";"), 400),
    "a comment of 60,000 characters": (form(comment="a" * 60_000), 400),
    "60 fields": (form() + b"&x=1" * 60, 413),
    "100,000 fields": (b"&".join(b"f%d=1" % number for number in range(100_000)), 413),
    "60,000 ampersands": (b"&" * 60_000, 413),
    "20 MB": (b"name=" + MUCH, 413),
    "20 MB behind a form that passes": (form() + b"&x=" + MUCH, 413),
}


@pytest.mark.parametrize(("body", "status"), FORMS.values(), ids=FORMS.keys())
def test_a_form(site: Site, body: bytes, status: int) -> None:
    check(site, post(SIGN, body, {}), status)


TYPES = {
    f"{FORM}; charset=utf-16": 303,
    FORM.upper(): 303,
    "": 415,
    "text/plain": 415,
    "application/xml": 415,
    "text/json": 415,
    "multipart/form-data": 415,
    "multipart/form-data; boundary=x": 415,
    "x" * 5000: 415,
    JSON: 400,
    f"{JSON}; charset=utf-16": 400,
}


@pytest.mark.parametrize(("kind", "status"), TYPES.items())
def test_a_form_under_another_type(site: Site, kind: str, status: int) -> None:
    check(site, post(SIGN, form(), {"Content-Type": kind}), status)


def test_a_file_upload(site: Site) -> None:
    check(site, post(SIGN, MULTIPART, {"Content-Type": "multipart/form-data; boundary=x"}), 415)


CODED: dict[str, tuple[bytes, dict[str, str], int]] = {
    "gzip": (gzip.compress(form()), {"Content-Encoding": "gzip"}, 415),
    "a gzip bomb": (gzip.compress(MUCH), {"Content-Encoding": "gzip"}, 415),
    "a coding that is none": (form(), {"Content-Encoding": "br"}, 415),
    "chunks": (chunked(form(), 10), {"Transfer-Encoding": "chunked"}, 303),
    "20 MB in chunks": (chunked(MUCH), {"Transfer-Encoding": "chunked"}, 413),
    "chunks of 20 MB behind a form that passes": (
        chunked(form() + b"&x=" + MUCH),
        {"Transfer-Encoding": "chunked"},
        413,
    ),
    "a chunk without a size": (b"zz\r\nabc\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"}, 400),
    "a transfer coding that is none": (form(), {"Transfer-Encoding": "gzip"}, 400),
    "no length": (b"", {"Content-Length": "0"}, 400),
    "a length below zero": (form(), {"Content-Length": "-1"}, 400),
    "a length that is no number": (form(), {"Content-Length": "many"}, 400),
    "a length beyond counting": (form(), {"Content-Length": "9" * 30}, 400),
    "20 MB that are only announced": (b"", {"Content-Length": "20000000"}, 413),
    "two lengths": (form(), {"Content-Length": "5\r\nContent-Length: 6"}, 400),
}


@pytest.mark.parametrize(("body", "headers", "status"), CODED.values(), ids=CODED.keys())
def test_a_body(site: Site, body: bytes, headers: dict[str, str], status: int) -> None:
    check(site, post(SIGN, body, headers), status)


POSTED: dict[str, tuple[str, int]] = {
    "no browser": ("User-Agent: script", 303),
    "from this site": ("Sec-Fetch-Site: same-origin", 303),
    "from another site": ("Sec-Fetch-Site: cross-site", 403),
    "from nowhere": ("Sec-Fetch-Site: ", 403),
    "of another origin": (f"Origin: http://{EVIL}", 403),
    "of no origin": ("Origin: null", 403),
    "of an origin that only looks like ours": ("Origin: http://127.0.0.1.evil.example", 403),
    "referred by nonsense": ("Referer: http://[", 303),
    "referred by half an address": ("Referer: http://[::1/?from=a", 303),
    "referred with many fields": (f"Referer: http://a/?{'utm_source=a&' * 50}", 303),
    "referred with NUL and broken UTF-8": ("Referer: http://a/?utm_source=%00%FF\xff", 303),
    "forwarded": (f"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: {EVIL}", 303),
    "forwarded for nobody": ("X-Forwarded-For: \xff, 999.1.1.1", 303),
    "overriding the method": ("X-HTTP-Method-Override: DELETE", 303),
    "expecting": ("Expect: 100-continue", 303),
}


@pytest.mark.parametrize(("header", "status"), POSTED.values(), ids=POSTED.keys())
def test_a_post_with_a_header(site: Site, header: str, status: int) -> None:
    name, _, value = header.partition(": ")
    check(site, post(SIGN, form(), {name: value}), status)


PATHS = {
    "/campaigns/none/sign": 404,
    f"/campaigns/{SLUG}%00/sign": 404,
    "/campaigns/%FF/sign": 404,
    f"{SIGN}/": 404,
    f"/campaigns//{SLUG}/sign": 404,
    f"/campaigns/{SLUG.upper()}/sign": 404,
    f"{SIGN}?name=%00": 303,
    "/confirm/1.abcdef.abcdefghijklmnopqrstuvwxyz": 404,
}


@pytest.mark.parametrize(("path", "status"), PATHS.items())
def test_a_post_to_an_address(site: Site, path: str, status: int) -> None:
    check(site, post(path, form(), {}), status)


def test_twenty_identical_posts_at_once(site: Site) -> None:
    before = effect(site)
    request = post(SIGN, form(), {})
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: send(site, request, "POST"), range(20)))
    assert [answer.status for answer in answers] == [303] * 20
    assert len({answer.seen for answer in answers}) == 1
    assert effect(site) == (before[0] + 1, before[1] + 1)
