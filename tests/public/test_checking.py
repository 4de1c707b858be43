"""What anybody may fetch to check deliveries without us: our public keys, and verify.html."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from unittest.mock import Mock

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import Flask
from flask.testing import FlaskClient

from campaign.accounts.audit import SYSTEM
from campaign.delivery import rotating
from campaign.delivery.keys import FILE, fingerprint, own_fingerprint, signing_key
from campaign.delivery.verifier import MODULES
from campaign.public import checking, refusals
from campaign.resources import folder

KEYS = "/.well-known/groundswell-keys.json"


@pytest.fixture
def data(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that has no key yet."""
    before = checking.settings()

    class Settings:
        data_dir = tmp_path
        base_url = before.base_url

    for module in (checking, rotating):
        monkeypatch.setattr(module, "settings", Settings)
    app.extensions["groundswell.pages"].forget()
    return tmp_path


def installation(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="installation">(.*?)</script>', page)
    assert found
    read: dict[str, object] = json.loads(found[1])
    return read


def test_asking_for_keys_makes_none(client: FlaskClient, data: Path) -> None:
    answer = client.get(KEYS)
    assert answer.json == {"format": "groundswell-keys/1", "keys": []}
    assert installation(client.get("/verify.html").text)["keys"] == []
    assert list(data.iterdir()) == []


def test_the_current_key_and_those_before_it_are_listed(
    app: Flask, client: FlaskClient, data: Path
) -> None:
    signing_key(data)
    old = own_fingerprint(data)
    rotating.rotate_key(actor=SYSTEM)
    answer = client.get(KEYS)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    current, retired = (answer.json or {})["keys"]
    assert current["fingerprint"] == own_fingerprint(data)
    assert retired["fingerprint"] == old
    assert current["until"] is None
    assert retired["since"] <= retired["until"]
    for key in (current, retired):
        raw = bytes.fromhex(key["public_key"])
        assert fingerprint(raw) == key["fingerprint"]
        assert load_pem_public_key(key["pem"].encode()).public_bytes_raw() == raw  # type: ignore[union-attr]
    assert "PRIVATE" not in answer.text


def test_the_page_knows_the_keys_and_where_it_comes_from(client: FlaskClient, data: Path) -> None:
    signing_key(data)
    known = installation(client.get("/verify.html").text)
    assert (known["name"], known["address"]) == ("Groundswell", "http://127.0.0.1:8000")
    assert [key["fingerprint"] for key in known["keys"]] == [own_fingerprint(data)]  # type: ignore[attr-defined]


def test_the_page_may_run_its_own_script_and_reach_nothing(client: FlaskClient) -> None:
    answer = client.get("/verify.html")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "connect" not in policy
    assert "unsafe" not in policy
    inside = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', answer.text)
    assert inside
    assert policy == f"{inside[1]}; frame-ancestors 'none'"
    for tag in ('<script type="module">', "<style>"):
        content = answer.text.split(tag)[1].split("</")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public, max-age=")


def test_the_page_names_no_other_address(client: FlaskClient) -> None:
    text = client.get("/verify.html").text
    found = set(re.findall(r"\w+://[^\s\"'`<]+", text))
    assert found == {"http://127.0.0.1:8000", "http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|sendBeacon|import\()", text)


def test_every_module_is_in_the_page_after_what_it_imports() -> None:
    files = {path.stem for path in folder("verifier").glob("*.js")}
    assert files == set(MODULES)
    for place, name in enumerate(MODULES):
        text = (folder("verifier") / f"{name}.js").read_text()
        for imported in re.findall(r'from "\./(\w+)\.js";', text):
            assert MODULES.index(imported) < place, f"{name} needs {imported} before it"


@pytest.mark.parametrize("path", [KEYS, "/verify.html"])
@pytest.mark.parametrize("wanted", ["application/json", "text/html"])
def test_a_damaged_key_is_told_in_words_without_our_folders(
    app: Flask,
    client: FlaskClient,
    data: Path,
    path: str,
    wanted: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signing_key(data)
    (data / FILE).write_bytes(b"x")
    log = Mock()
    monkeypatch.setattr(refusals, "log", log)
    answer = client.get(path, headers={"Accept": wanted})
    assert answer.status_code == 503
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Please try again in a minute" in answer.text
    assert str(data) not in answer.text
    assert str(FILE) not in answer.text
    assert "is damaged" in log.error.call_args.kwargs["reason"]
