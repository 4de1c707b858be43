"""Importing campaigns."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyrage
import pytest
from flask import Flask

from campaign.campaigns.facts import campaign_facts
from campaign.campaigns.publishing import import_campaigns, store_campaigns
from campaign.content.storing import Imported, importing
from campaign.errors import ContentError, NotFound
from campaign.extensions import db
from tests.content.examples import CAMPAIGN
from tests.support.making import rows

LINES = CAMPAIGN.splitlines()
BODY = "We ask for *night buses*.\n\n# Where\n\nEverywhere.\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c.md"


def put(path: Path, text: str) -> Imported:
    path.write_text(text)
    (imported,) = import_campaigns([path])
    return imported


def versions() -> list[tuple[object, ...]]:
    return rows("SELECT version, markdown FROM pledge_text ORDER BY version")


def addressed() -> list[object]:
    query = "SELECT slug FROM campaign_official JOIN official o ON o.id = official_id"
    return [slug for (slug,) in rows(f"{query} ORDER BY campaign_id, position")]


def test_a_new_campaign_is_added_with_everything_in_its_file(app: Flask, path: Path) -> None:
    assert put(path, CAMPAIGN) == Imported("night-buses", "added", "text version 1")
    columns = "title, slug, ask, goal, summary, state"
    times = "opens_at AT TIME ZONE 'UTC', closes_at AT TIME ZONE 'UTC'"
    ((*values, opens, closes),) = rows(f"SELECT {columns}, {times} FROM campaign")
    assert values == [
        "Night buses",
        "night-buses",
        "Run a bus on every line, every night.",
        5000,
        "Nine thousand people work late.",
        "open",
    ]
    assert (str(opens), str(closes)) == ("2026-01-01 00:00:00", "2027-01-01 00:00:00")
    assert addressed() == ["mayor", "director"]
    assert rows("SELECT name, title, body, email FROM official WHERE slug = 'director'") == [
        ("Zoë Nguyễn", "Director", "Harrow Bay Transit", "director@transit.example.org")
    ]
    assert versions() == [(1, BODY)]


def test_the_text_is_stored_with_its_page_and_its_hash(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    assert rows("SELECT html, sha256 FROM pledge_text") == [
        (
            "<p>We ask for <em>night buses</em>.</p>\n<h3>Where</h3>\n<p>Everywhere.</p>\n",
            hashlib.sha256(BODY.encode()).hexdigest(),
        )
    ]


def test_importing_the_same_again_changes_nothing(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    assert put(path, CAMPAIGN) == Imported("night-buses", "unchanged")
    # Line ends and blank lines around the text are no part of it.
    windows = (CAMPAIGN + "\n\n").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + windows.encode())
    assert import_campaigns([path]) == [Imported("night-buses", "unchanged")]
    assert versions() == [(1, BODY)]


def test_a_changed_text_is_a_new_version_and_the_old_one_stays(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    changed = CAMPAIGN.replace("Everywhere", "Nearly everywhere")
    assert put(path, changed) == Imported("night-buses", "updated", "text version 2")
    # Going back to the first words is a change too: who signs now, signs the third version.
    assert put(path, CAMPAIGN) == Imported("night-buses", "updated", "text version 3")
    assert versions() == [(1, BODY), (2, BODY.replace("Every", "Nearly every")), (3, BODY)]


@pytest.mark.parametrize(
    ("old", "new", "column", "value"),
    [
        ("title: Night buses", "title: Buses", "title", "Buses"),
        ("goal: 5000", "goal: 6000", "goal", 6000),
        ("summary: Nine thousand people work late.\n", "", "summary", ""),
        ("closes: 2026-12-31\n", "", "closes_at", None),
    ],
)
def test_a_changed_fact_is_an_update_without_a_new_text(
    app: Flask, path: Path, old: str, new: str, column: str, value: object
) -> None:
    put(path, CAMPAIGN)
    assert put(path, CAMPAIGN.replace(old, new)) == Imported("night-buses", "updated")
    assert rows(f"SELECT {column} FROM campaign") == [(value,)]
    assert len(versions()) == 1


def test_the_state_stays_unless_the_file_names_one(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN.replace("goal:", "state: paused\ngoal:"))
    assert rows("SELECT state FROM campaign") == [("paused",)]
    put(path, CAMPAIGN)
    assert rows("SELECT state FROM campaign") == [("paused",)]
    put(path, CAMPAIGN.replace("goal:", "state: closed\ngoal:"))
    assert rows("SELECT state FROM campaign") == [("closed",)]


def test_officials_are_added_changed_reordered_and_taken_off(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    renamed = CAMPAIGN.replace("Ada Okafor", "Ada Okafor-Lind")
    assert put(path, renamed).outcome == "updated"
    assert rows("SELECT name FROM official WHERE slug = 'mayor'") == [("Ada Okafor-Lind",)]
    mayor, director = "\n".join(LINES[9:14]), "\n".join(LINES[14:19])
    turned = CAMPAIGN.replace(f"{mayor}\n{director}", f"{director}\n{mayor}")
    assert put(path, turned).outcome == "updated"
    assert addressed() == ["director", "mayor"]
    assert put(path, CAMPAIGN.replace(f"{mayor}\n", "")).outcome == "updated"
    assert addressed() == ["director"]
    # An official whom no campaign addresses any more may still have received a delivery.
    assert len(rows("SELECT FROM official")) == 2


def test_two_campaigns_may_share_an_official(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    put(path, CAMPAIGN.replace("slug: night-buses", "slug: day-buses"))
    assert addressed() == ["mayor", "director"] * 2
    assert len(rows("SELECT FROM official")) == 2


def test_an_official_who_is_known_may_be_named_by_slug_alone(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    officials = "\n".join(LINES[9:19])
    put(path, CAMPAIGN.replace(officials, "  - director\n  - mayor"))
    assert addressed() == ["director", "mayor"]
    path.write_text(CAMPAIGN.replace(officials, "  - mayor\n  - nobody"))
    with pytest.raises(ContentError, match=r":11: officials\[2\] 'nobody' is nobody who is known"):
        import_campaigns([path])


def test_a_file_reopens_no_campaign_that_was_delivered(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE campaign SET state = 'delivered'")
    assert put(path, CAMPAIGN.replace("goal: 5000", "goal: 6000")).outcome == "updated"
    path.write_text(CAMPAIGN.replace("goal:", "state: open\ngoal:"))
    with pytest.raises(ContentError, match=":5: state cannot be changed so"):
        import_campaigns([path])
    assert rows("SELECT state, goal FROM campaign") == [("delivered", 6000)]


def test_every_import_that_changes_something_is_on_record(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    put(path, CAMPAIGN)
    put(path, CAMPAIGN + "\nMore.\n")
    found = rows(
        "SELECT action, details FROM audit_event"
        " WHERE subject = 'campaign:night-buses' ORDER BY number"
    )
    assert [action for action, _ in found] == ["campaign added", "campaign updated"]
    assert found[1][1] == {
        "revision": 2,
        "changed": "markdown",
        "old text version": 1,
        "new text version": 2,
    }


def test_signing_sees_a_change_at_once(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    assert len(campaign_facts("night-buses").text_ids) == 1
    put(path, CAMPAIGN + "\nMore.\n")
    assert len(campaign_facts("night-buses").text_ids) == 2
    put(path, CAMPAIGN.replace("goal:", "state: draft\ngoal:"))
    with pytest.raises(NotFound):
        campaign_facts("night-buses")


def test_imports_at_the_same_time_number_their_texts_one_after_the_other(
    app: Flask, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}.md" for number in range(8)]
    mayor, director = "\n".join(LINES[9:14]), "\n".join(LINES[14:19])
    turned = CAMPAIGN.replace(f"{mayor}\n{director}", f"{director}\n{mayor}")
    for number, path in enumerate(paths):
        path.write_text((turned if number % 2 else CAMPAIGN) + f"\nVersion {number}.\n")

    def run(path: Path) -> str:
        with app.app_context():
            return import_campaigns([path])[0].outcome

    with ThreadPoolExecutor(len(paths)) as pool:
        outcomes = sorted(pool.map(run, paths))
    assert outcomes == ["added", *["updated"] * 7]
    assert [version for version, _ in versions()] == list(range(1, 9))
    assert len({markdown for _, markdown in versions()}) == 8
    assert rows("SELECT slug FROM campaign") == [("night-buses",)]
    assert len(addressed()) == 2


def test_nobody_who_signs_waits_for_an_import(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    path.write_text(CAMPAIGN.replace("goal: 5000", "goal: 6000") + "\nMore.\n")
    with importing() as session:
        store_campaigns(session, [path])
        session.flush()
        # A new signature locks its campaign just so, through its foreign key.
        assert rows("SELECT goal FROM campaign FOR KEY SHARE NOWAIT") == [(5000,)]
    assert rows("SELECT goal FROM campaign") == [(6000,)]


def test_an_office_may_have_an_area_and_a_key_which_older_files_leave_alone(
    app: Flask, path: Path
) -> None:
    key = str(pyrage.x25519.Identity.generate().to_public())
    area = f"    area_country: NO\n    area_postcodes: 01, 02 5\n    age_key: {key}\n"
    assert LINES[13].startswith("    email:")
    put(path, "\n".join([*LINES[:14], area.rstrip("\n"), *LINES[14:]]) + "\n")
    found = "SELECT area_country, area_postcodes, age_key FROM official WHERE slug = 'mayor'"
    assert rows(found) == [("NO", "01,025", key)]
    put(path, CAMPAIGN)
    assert rows(found) == [("NO", "01,025", key)]
    path.write_text("\n".join([*LINES[:14], "    age_key: age1", *LINES[14:]]) + "\n")
    with pytest.raises(ContentError, match=r"c.md:15: officials\[1\].age_key must be a public key"):
        import_campaigns([path])


def test_a_campaign_may_say_for_how_long_it_is_kept(app: Flask, path: Path) -> None:
    put(path, CAMPAIGN)
    assert rows("SELECT keep_months FROM campaign") == [(None,)]
    put(path, CAMPAIGN.replace("goal:", "keep_months: 12\ngoal:", 1))
    assert rows("SELECT keep_months FROM campaign") == [(12,)]
    for wrong in ("0", "121", "six", "1.5"):
        with pytest.raises(ContentError, match="keep_months must be a whole number from 1 to 120"):
            put(path, CAMPAIGN.replace("goal:", f"keep_months: {wrong}\ngoal:", 1))
