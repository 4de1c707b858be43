"""Compiling: numbers given once, every signature delivered once to each official."""

from __future__ import annotations

import hashlib
import json
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from campaign.delivery.compiling import Compiled, compile_delivery
from campaign.delivery.errors import CannotWrite, DatabaseFailed, NothingNew
from campaign.errors import NotFound
from tests.delivery.making import (
    MAYOR,
    MINISTER,
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
from tests.support.making import TEXT, rows, value


def test_a_package_holds_what_the_contract_says(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("O'Brien", "=1+1")
    done = compiled(tmp_path)
    assert done.path == tmp_path / "night-buses-official-of-night-buses-1.zip"
    assert list(tmp_path.iterdir()) == [done.path]
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600
    files = packed(done.path)
    assert list(files) == ["signatures.xlsx", "signatures.csv", "README.txt", "manifest.json"]
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
    assert manifest == {
        "format": "groundswell-delivery/1",
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


def test_a_later_package_holds_only_what_came_after(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(3)
    assert numbers(compiled(tmp_path).path) == [1, 2, 3]
    sign_many(2)
    assert numbers(compiled(tmp_path).path) == [4, 5]
    with pytest.raises(NothingNew, match="that 'official-of-night-buses' does not have already"):
        compiled(tmp_path)
    assert numbers(compiled(tmp_path, everything=True).path) == [1, 2, 3, 4, 5]


def test_a_signature_has_the_same_number_for_every_official(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(2)
    assert numbers(compiled(tmp_path).path) == [1, 2]
    sign_many(1)
    to_minister = compiled(tmp_path, MINISTER)
    assert numbers(to_minister.path) == [1, 2, 3]
    assert to_minister.number == 2
    assert numbers(compiled(tmp_path).path) == [3]


def test_numbers_follow_the_order_of_confirmation(app: Flask, tmp_path: Path) -> None:
    petition()
    later, earlier = sign("Later"), sign("Earlier")
    change("UPDATE signature SET confirmed_at = now() - interval '1 h' WHERE id = :i", i=earlier)
    change("UPDATE signature SET confirmed_at = now() WHERE id = :i", i=later)
    table = csv_table(packed(compiled(tmp_path).path)["signatures.csv"])
    assert [row[:2] for row in table[1:]] == [["1", "Earlier"], ["2", "Later"]]


def test_who_withdraws_is_in_no_later_package(app: Flask, tmp_path: Path) -> None:
    petition()
    ids = [sign(), sign(), sign()]
    compiled(tmp_path)
    change("UPDATE signature SET state = 'withdrawn' WHERE id = :i", i=ids[1])
    assert numbers(compiled(tmp_path, everything=True).path) == [1, 3]
    assert rows("SELECT numbers::text, row_count FROM delivery ORDER BY id") == [
        ("{[1,4)}", 3),
        ("{[1,2),[3,4)}", 2),
    ]


def test_who_comes_back_is_not_delivered_twice(app: Flask, tmp_path: Path) -> None:
    petition()
    back = sign()
    compiled(tmp_path)
    change("UPDATE signature SET state = 'excluded' WHERE id = :i", i=back)
    with pytest.raises(NothingNew):
        compiled(tmp_path, everything=True)
    change("UPDATE signature SET state = 'confirmed' WHERE id = :i", i=back)
    with pytest.raises(NothingNew):
        compiled(tmp_path)
    assert numbers(compiled(tmp_path, MINISTER).path) == [1]


def test_the_row_records_the_package(app: Flask, tmp_path: Path) -> None:
    petition()
    sign()
    done = compiled(tmp_path)
    digest = hashlib.sha256(done.path.read_bytes()).hexdigest()
    assert rows("SELECT state, sha256, file, made_by, error FROM delivery") == [
        ("ready", digest, str(done.path), "Ada", None)
    ]
    assert value("SELECT ready_at >= cut_off AND cut_off >= requested_at FROM delivery")


def test_refusals_name_what_is_wrong(app: Flask, tmp_path: Path) -> None:
    petition()
    with pytest.raises(NothingNew, match="there are no confirmed signatures of 'night-buses' yet"):
        compiled(tmp_path)
    sign()
    with pytest.raises(NotFound, match="there is no campaign 'nope'"):
        compile_delivery("nope", MAYOR, tmp_path, made_by="Ada")
    petition("other")
    with pytest.raises(NotFound, match="does not address an official 'minister-of-other'"):
        compiled(tmp_path, "minister-of-other")
    with pytest.raises(CannotWrite, match="the folder does not exist"):
        compiled(tmp_path / "no" / "where.zip")
    assert value("SELECT count(*) FROM delivery") == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_replaced(app: Flask, tmp_path: Path) -> None:
    petition()
    sign()
    path = tmp_path / "mine.zip"
    path.write_text("something else")
    with pytest.raises(CannotWrite, match="it exists already"):
        compiled(path)
    assert path.read_text() == "something else"
    assert value("SELECT count(*) FROM delivery") == 0


def test_packages_of_two_officials_at_one_path_leave_one_package(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    sign_many(50)
    path = tmp_path / "same.zip"
    outcomes = at_once(app, [(path, MAYOR), (path, MINISTER)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CannotWrite", "Compiled"]
    assert numbers(path) == list(range(1, 51))
    assert list(tmp_path.iterdir()) == [path]


def at_once(app: Flask, targets: list[tuple[Path, str]]) -> list[Compiled | Exception]:
    """Compile all of these at the same time."""
    together = threading.Barrier(len(targets))

    def one(to: tuple[Path, str]) -> Compiled | Exception:
        with app.app_context():
            together.wait(10)
            try:
                return compiled(*to)
            except (CannotWrite, NothingNew) as refusal:
                return refusal

    with ThreadPoolExecutor(len(targets)) as pool:
        return list(pool.map(one, targets))


def test_at_once_for_one_official_delivers_once(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(20)
    outcomes = at_once(app, [(tmp_path, MAYOR)] * 4)
    done = [outcome for outcome in outcomes if isinstance(outcome, Compiled)]
    assert len(done) == 1
    assert numbers(done[0].path) == list(range(1, 21))
    assert value("SELECT count(*) FROM delivery") == 1


def test_at_once_for_two_officials_gives_everyone_one_number(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(20)
    outcomes = at_once(app, [(tmp_path, MAYOR), (tmp_path, MINISTER)])
    for outcome in outcomes:
        assert isinstance(outcome, Compiled)
        assert numbers(outcome.path) == list(range(1, 21))
    assert sorted(rows("SELECT number FROM delivery")) == [(1,), (2,)]
    assert rows("SELECT count(*), max(number) FROM delivery_number") == [(20, 20)]


def test_many_gaps_cost_no_more_than_none(app: Flask, tmp_path: Path) -> None:
    petition()
    sign_many(40)
    compiled(tmp_path)
    change("UPDATE signature SET state = 'withdrawn' WHERE id % 2 = 0")
    full = compiled(tmp_path, everything=True)
    assert len(numbers(full.path)) == 20
    assert value("SELECT numbers::text FROM delivery WHERE number = 2").count("[") == 20


def test_a_database_that_goes_away_leaves_no_file_and_says_no_value(
    app: Flask, tmp_path: Path, database_url: str
) -> None:
    petition()
    sign_many(5)
    change("ALTER TABLE pledge_text RENAME TO gone")
    try:
        with pytest.raises(DatabaseFailed, match="the database failed: relation"):
            compiled(tmp_path)
    finally:
        change("ALTER TABLE gone RENAME TO pledge_text")
    assert list(tmp_path.iterdir()) == []
    assert rows("SELECT state FROM delivery") == [("failed",)]
    assert numbers(compiled(tmp_path).path) == [1, 2, 3, 4, 5]
    with psycopg.connect(database_url) as connection:
        held = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert held.fetchone() == (0,)
