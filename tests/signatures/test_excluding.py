"""Excluding one signature and putting it back, with a reason, however often it is asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from campaign.accounts.audit import Actor
from campaign.errors import Invalid, NotFound
from campaign.links import make_token
from campaign.signatures import counting
from campaign.signatures.confirming import confirm
from campaign.signatures.excluding import exclude, restore
from tests.support.crowd import put
from tests.support.making import make_campaign, rows, value

ADMIN = Actor("ada@example.org", "192.0.2.1")
SLUG = "night-buses"


def state(signature: int) -> str:
    return str(value("SELECT state FROM signature WHERE id = :id", id=signature))


def counted() -> dict[str, int]:
    counting.fold()
    assert counting.check() == []
    found = rows("SELECT pending, confirmed, excluded FROM campaign_count")[0]
    return dict(zip(("pending", "confirmed", "excluded"), found, strict=True))


@pytest.mark.parametrize("before", ["pending", "confirmed"])
def test_an_excluded_signature_goes_back_to_the_state_it_had(app: Flask, before: str) -> None:
    make_campaign()
    (one,) = put(state=before)
    assert exclude(SLUG, one, "made up", actor=ADMIN)
    assert state(one) == "excluded"
    assert counted()["excluded"] == 1
    assert restore(SLUG, one, "a real person after all", actor=ADMIN)
    assert state(one) == before
    assert counted() == {"pending": 0, "confirmed": 0, "excluded": 0, before: 1}


def test_every_decision_is_kept_with_its_reason_and_on_record(app: Flask) -> None:
    make_campaign()
    (one,) = put()
    exclude(SLUG, one, "  made\n up ", actor=ADMIN)
    restore(SLUG, one, "real", actor=ADMIN)
    assert rows(
        "SELECT old_state, new_state, reason, actor FROM signature_decision ORDER BY id"
    ) == [
        ("confirmed", "excluded", "made up", "ada@example.org"),
        ("excluded", "confirmed", "real", "ada@example.org"),
    ]
    assert rows("SELECT action, subject, details FROM audit_event ORDER BY number") == [
        ("signature excluded", f"signature:{one}", {"from": "confirmed"}),
        ("signature restored", f"signature:{one}", {"to": "confirmed"}),
    ]


def test_doing_it_again_changes_nothing(app: Flask) -> None:
    make_campaign()
    (one,) = put()
    assert [exclude(SLUG, one, "made up", actor=ADMIN) for _ in range(3)] == [True, False, False]
    assert [restore(SLUG, one, "real", actor=ADMIN) for _ in range(3)] == [True, False, False]
    assert value("SELECT count(*) FROM signature_decision") == 2
    assert counted() == {"pending": 0, "confirmed": 1, "excluded": 0}


def test_doing_it_at_once_changes_it_once(app: Flask) -> None:
    make_campaign()
    (one,) = put()

    def decide(_: int) -> bool:
        with app.app_context():
            return exclude(SLUG, one, "made up", actor=ADMIN)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(decide, range(6))) == 1
    assert counted()["excluded"] == 1


def test_an_old_link_does_not_confirm_who_was_excluded(app: Flask) -> None:
    make_campaign()
    (one,) = put(state="pending")
    exclude(SLUG, one, "made up", actor=ADMIN)
    assert confirm(make_token("confirm", one)).state == "excluded"
    assert counted() == {"pending": 0, "confirmed": 0, "excluded": 1}


@pytest.mark.parametrize("gone", ["withdrawn", "erased"])
def test_who_has_left_stays_gone(app: Flask, gone: str) -> None:
    make_campaign()
    (one,) = put(state=gone)
    with pytest.raises(Invalid, match=gone):
        exclude(SLUG, one, "made up", actor=ADMIN)
    assert not restore(SLUG, one, "why not", actor=ADMIN)
    assert state(one) == gone
    assert value("SELECT count(*) FROM audit_event") == 0


def test_excluded_outside_of_here_it_goes_back_to_what_it_must_have_been(app: Flask) -> None:
    make_campaign()
    (one,) = put(state="excluded")
    restore(SLUG, one, "real", actor=ADMIN)
    assert state(one) == "confirmed"


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501, "a\x00b"])
def test_a_reason_must_be_given(app: Flask, reason: str) -> None:
    make_campaign()
    (one,) = put()
    for act in (exclude, restore):
        with pytest.raises(Invalid):
            act(SLUG, one, reason, actor=ADMIN)
    assert state(one) == "confirmed"


def test_a_signature_is_found_under_its_own_campaign_only(app: Flask) -> None:
    make_campaign()
    make_campaign("other")
    (one,) = put()
    for act in (exclude, restore):
        for slug, signature in (("other", one), ("unknown", one), (SLUG, one + 1)):
            with pytest.raises(NotFound):
                act(slug, signature, "made up", actor=ADMIN)
