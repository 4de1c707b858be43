"""While numbers are given, a minute at a million, nobody waits to leave or to be put out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from campaign.accounts.audit import SYSTEM
from campaign.extensions import db
from campaign.signatures.choices import choose
from campaign.signatures.comments import decide
from campaign.signatures.condition import read_condition
from campaign.signatures.correcting import Details, correct
from campaign.signatures.excluding import exclude, restore
from campaign.signatures.excluding_many import run_batch
from campaign.signatures.exclusions import preview, start, undo
from campaign.signatures.withdrawing import withdraw
from tests.support.crowd import as_read, put
from tests.support.making import make_campaign, rows, value

SLUG = "night-buses"


@pytest.fixture
def meanwhile(app: Flask) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Numbers everybody in a transaction that stays open while acts are done."""
    make_campaign()
    put(3, comment="At two.", public=True)
    connection = db.engine.connect()
    connection.exec_driver_sql(
        "INSERT INTO delivery_number (campaign_id, number, signature_id)"
        " SELECT campaign_id, row_number() OVER (ORDER BY id), id FROM signature"
    )

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            act()

    with ThreadPoolExecutor(1) as pool, connection:
        yield lambda act: pool.submit(run, act).result(20)
        connection.commit()
    assert value("SELECT count(*) FROM delivery_number") == 3


def states() -> list[str]:
    return [state for (state,) in rows("SELECT state FROM signature ORDER BY id")]


def test_who_withdraws_does_not_wait(meanwhile: Callable[[Callable[[], object]], None]) -> None:
    meanwhile(lambda: withdraw(1))
    assert states() == ["withdrawn", "confirmed", "confirmed"]


def test_who_chooses_or_corrects_does_not_wait(
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    meanwhile(lambda: choose(1, "updates", wanted=True))
    meanwhile(lambda: correct(2, Details(name="Zoë", country="FR", postcode="", comment="")))
    assert rows("SELECT name, country, updates FROM signature WHERE id < 3 ORDER BY id") == [
        ("Zoë Nguyễn", "GB", True),
        ("Zoë", "FR", False),
    ]


def test_who_is_excluded_and_put_back_is_so_at_once(
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    meanwhile(lambda: exclude(SLUG, 2, "A trial", actor=SYSTEM))
    assert states() == ["confirmed", "excluded", "confirmed"]
    meanwhile(lambda: restore(SLUG, 2, "A trial", actor=SYSTEM))
    assert states() == ["confirmed", "confirmed", "confirmed"]


def test_many_are_excluded_and_put_back_at_once(
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    condition = read_condition({"country": "GB"})
    cut_off = preview(SLUG, condition, actor=SYSTEM).cut_off
    job = start(SLUG, condition, cut_off.isoformat(), "A trial", actor=SYSTEM)
    meanwhile(run_batch)
    assert states() == ["excluded"] * 3
    undo(SLUG, job, "A trial", actor=SYSTEM)
    meanwhile(run_batch)
    assert states() == ["confirmed"] * 3


def test_comments_are_decided_at_once(meanwhile: Callable[[Callable[[], object]], None]) -> None:
    meanwhile(lambda: decide(SLUG, as_read(1, 2), approve=True, actor=SYSTEM))
    assert value("SELECT count(*) FROM signature WHERE comment_approved") == 2
