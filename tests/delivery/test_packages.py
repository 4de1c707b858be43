"""What a package holds and says of itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import stat
from pathlib import Path

import pytest
from babel.support import NullTranslations
from flask import Flask

from campaign import languages
from campaign.delivery import merkle
from tests.delivery.making import (
    MAYOR,
    SLUG,
    change,
    compiled,
    csv_table,
    numbers,
    packed,
    petition,
    sign,
    sign_many,
)
from tests.support import pdfs
from tests.support.making import TEXT


def test_a_package_holds_what_the_contract_says(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("O'Brien", "=1+1")
    done = compiled(tmp_path)
    assert done.path == tmp_path / "night-buses-official-of-night-buses-1.zip"
    assert list(tmp_path.iterdir()) == [done.path]
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600
    files = packed(done.path)
    assert list(files) == [
        "letter.pdf",
        "signatures.pdf",
        "signatures.xlsx",
        "signatures.csv",
        "salts.bin",
        "README.txt",
        "manifest.json",
    ]
    assert csv_table(files["signatures.csv"])[1:] == [
        ["1", "O'Brien", "N1 9GU", "GB", "2026-03-01", "'=1+1"]
    ]
    assert numbers(done.path) == [1]


def test_the_manifest_says_what_the_package_holds(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(3)
    files = packed(compiled(tmp_path).path)
    manifest = json.loads(files.pop("manifest.json"))["manifest"]
    archive = manifest.pop("archive")
    assert archive["size"] > 0
    assert len(archive["sha256"]) == 64
    assert manifest.pop("made_at") >= manifest.pop("cut_off")
    table = csv_table(files["signatures.csv"])[1:]
    salts = [files["salts.bin"][at : at + 16] for at in (0, 16, 32)]
    leaves = [merkle.leaf(salt, row) for salt, row in zip(salts, table, strict=True)]
    assert manifest == {
        "format": "groundswell-delivery/2",
        "campaign": {"slug": SLUG, "title": "Night buses for everyone"},
        "official": {
            "slug": MAYOR,
            "name": "Ada Okafor",
            "title": "Mayor",
            "body": "City of Harrow Bay",
        },
        "delivery": 1,
        "everything": False,
        "made_by": "Ada",
        "signatures": {"count": 3, "first": 1, "last": 3},
        "rows": 3,
        "root": merkle.root(leaves).hex(),
        "slice": {"countries": [], "postcodes": []},
        "paper": [],
        "page": f"http://127.0.0.1:8000/campaigns/{SLUG}/deliveries",
        "texts": [
            {"version": 1, "sha256": hashlib.sha256(TEXT.encode()).hexdigest(), "signatures": 3}
        ],
        "files": {
            name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        },
    }


def test_each_version_of_the_text_is_told_apart(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(2)
    change(
        "INSERT INTO pledge_text (campaign_id, version, markdown, html, sha256)"
        " SELECT id, 2, 'And trams.', '', 'ab' FROM campaign"
    )
    sign()
    files = packed(compiled(tmp_path).path)
    texts = json.loads(files["manifest.json"])["manifest"]["texts"]
    assert [(text["version"], text["signatures"]) for text in texts] == [(1, 2), (2, 1)]
    readme = files["README.txt"].decode()
    assert TEXT in readme
    assert "And trams." in readme
    assert "Version 2, signed by 1:" in readme


def test_a_package_speaks_the_language_of_its_office(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Few(NullTranslations):
        def ugettext(self, message: str) -> str:
            return {"this page": "cette page"}.get(message, message)

    monkeypatch.setitem(languages.NAMES, "fr", "Français")
    monkeypatch.setattr(languages, "translations", lambda _: Few())
    petition()
    sign_many(2)
    change("UPDATE official SET language = 'fr'")
    files = packed(compiled(tmp_path).path)
    readme = files["README.txt"].decode()
    assert "README.txt        cette page" in readme
    assert local_date_in("fr") in readme
    # Programs read the rest: it is the same in every language.
    assert files["signatures.csv"].decode("utf-8-sig").startswith("number,name,")
    manifest = json.loads(files["manifest.json"])["manifest"]
    assert set(manifest["official"]) == {"slug", "name", "title", "body"}
    assert pdfs.reader(files["letter.pdf"]).trailer["/Root"]["/Lang"] == "fr"


def local_date_in(code: str) -> str:
    with languages.speaking(code):
        return languages.local_date(dt.datetime.now(dt.UTC))
