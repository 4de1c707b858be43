"""Hostile JSON to the running site: the exact refusal, and nothing written or mailed for it."""

from __future__ import annotations

import json

import pytest

from tests.public.wire import JSON, MUCH, SIGN, check, fields, post
from tests.support.site import Site

pytestmark = pytest.mark.usefixtures("without_failures")


def text(**changes: object) -> bytes:
    return json.dumps(fields(**changes)).encode()


def named(name: bytes) -> bytes:
    """An object that would pass, whose name is written this way."""
    return text(name="NAME").replace(b'"NAME"', name)


OBJECTS: dict[str, tuple[bytes, int]] = {
    "as it should be": (text(), 202),
    "boxes as truth values": (text(consent=True, updates=False, public=True), 202),
    "a surrogate pair": (named(b'"Zo\\ud83d\\ude00e"'), 202),
    "one key twice": (text()[:-1] + b', "name": "Zoe Second"}', 202),
    "keys that we do not know": (text(x=[1, {"y": None}], __proto__={"admin": True}), 202),
    "a list": (b"[" + text() + b"]", 400),
    "a string": (b'"Zoe"', 400),
    "a number": (b"1", 400),
    "null": (b"null", 400),
    "nothing": (b"", 400),
    "an empty object": (b"{}", 400),
    "half an object": (text()[:-5], 400),
    "two objects": (text() + text(), 400),
    "an object for a name": (text(name={"first": "Zoe"}), 400),
    "a list for a name": (text(name=["Zoe"]), 400),
    "a number for a name": (text(name=1), 400),
    "null for a name": (text(name=None), 400),
    "a truth value for a name": (text(name=True), 400),
    "null for a box": (text(updates=None), 400),
    "no consent": (text(consent=False), 400),
    "a number for consent": (text(consent=1), 400),
    "NaN for a name": (named(b"NaN"), 400),
    "infinity for a name": (named(b"-Infinity"), 400),
    "a huge number": (named(b"9" * 5000), 400),
    "a huge exponent": (named(b"1e999999"), 400),
    "60,000 brackets": (b"[" * 60_000, 400),
    "10,000 objects in one another": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "30,000 lists behind a form that passes": (
        text()[:-1] + b', "x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        400,
    ),
    "half a surrogate pair in the name": (named(b'"Zo\\ud800e"'), 400),
    "half a surrogate pair in the address": (text(email="a\ud800b@example.org"), 400),
    "an escaped NUL": (named(b'"Zo\\u0000e"'), 400),
    "NUL as it is": (named(b'"Zo\0e"'), 400),
    "broken UTF-8": (named(b'"Zo\xffe"'), 400),
    "CR LF in the address": (text(email="a@example.org\r\nBcc: b@example.org"), 400),
    "20 MB": (named(b'"' + MUCH + b'"'), 413),
}


@pytest.mark.parametrize(("body", "status"), OBJECTS.values(), ids=OBJECTS.keys())
def test_json(site: Site, body: bytes, status: int) -> None:
    check(site, post(SIGN, body, {"Content-Type": JSON, "Accept": JSON}), status)
