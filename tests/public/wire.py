"""Requests as bytes, for what no well-behaved client would send."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPResponse
from itertools import count
from urllib.parse import urlencode

from tests.support.site import Answer, Site

SLUG = "school-libraries"
SIGN = f"/campaigns/{SLUG}/sign"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
EVIL = "evil.example"
"""A host that is not ours: wherever it comes in, it must not come out."""

MUCH = b"a" * 20_000_000

_people = count(1)


def fields(**changes: object) -> dict[str, object]:
    """The fields of a form that passes, by somebody new, with `changes`."""
    email = f"stranger-{next(_people)}@example.org"
    return {"name": "Zoë Nguyễn", "email": email, "country": "GB", "consent": "y", **changes}


def form(**changes: str) -> bytes:
    return urlencode(fields(**changes)).encode()


def form_with(name: str, raw: bytes) -> bytes:
    """A form that would pass, but for one field that holds these bytes as they are."""
    others = {key: value for key, value in fields().items() if key != name}
    return urlencode(others).encode() + f"&{name}=".encode() + raw


def chunked(body: bytes, size: int = 60_000) -> bytes:
    """The body in the chunked coding (RFC 9112, 7.1)."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def head(line: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [line, *(f"{name}: {value}".encode("latin-1") for name, value in headers.items())]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def post(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """A POST of a form, but for what `headers` overrule."""
    usual = {"Host": EVIL, "Content-Type": FORM, "Content-Length": str(len(body))}
    if "Transfer-Encoding" in headers:
        del usual["Content-Length"]
    return head(f"POST {path} HTTP/1.1".encode("latin-1"), {**usual, **headers}) + body


def send(site: Site, data: bytes, method: str = "GET") -> Answer:
    """Send these bytes and read one answer, which may come before all are sent."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
        response = HTTPResponse(connection, method=method)
        response.begin()
        return Answer(response.status, response.headers, response.read())


def effect(site: Site) -> tuple[int, int]:
    """How many signatures and how many mails there are."""
    signatures, mails = site.rows(
        "SELECT (SELECT count(*) FROM signature), (SELECT count(*) FROM outgoing_mail)"
    )[0]
    return signatures, mails


def shows_nothing_foreign(answer: Answer) -> bool:
    """Whether the answer is free of tracebacks and of the host that was made up."""
    whole = str(answer.headers).encode() + answer.body
    return EVIL.encode() not in whole and b"Traceback" not in whole


def check(site: Site, request: bytes, status: int) -> None:
    """Send a POST and assert on its answer, and on its effect: a row and a mail, or neither."""
    before = effect(site)
    answer = send(site, request, "POST")
    assert answer.status == status, answer.text
    assert shows_nothing_foreign(answer)
    written = int(status in (202, 303))
    assert effect(site) == (before[0] + written, before[1] + written)
