"""What was agreed to and when: each change of mind is kept with its words."""

from __future__ import annotations

import pytest
from flask import Flask

from campaign.accounts.audit import SYSTEM
from campaign.delivery.erasing import erase
from campaign.links import make_token
from campaign.signatures.choices import choose
from campaign.signatures.consents import CURRENT, WORDINGS
from campaign.signatures.own import own_signature
from campaign.signatures.story import story
from campaign.signatures.unsubscribing import unsubscribe
from campaign.signatures.withdrawing import withdraw
from tests.support.crowd import put
from tests.support.making import make_campaign, rows


def answers(signature_id: int) -> list[tuple[str, bool, str]]:
    return [(one.what, one.given, one.how) for one in own_signature(signature_id).said]


FIRST = [("passing_on", True, "form"), ("updates", False, "form"), ("public", False, "form")]


def test_without_a_change_the_history_is_what_was_said_on_signing(app: Flask) -> None:
    make_campaign()
    (one,) = put(1)
    assert answers(one) == FIRST
    found = own_signature(one)
    assert {said.at for said in found.said} == {found.created_at}
    assert [said.words for said in found.said] == [CURRENT.consent, CURRENT.updates, CURRENT.public]
    assert rows("SELECT FROM consent_change") == []


def test_each_change_is_kept_and_the_first_answer_is_still_known(app: Flask) -> None:
    make_campaign()
    (one,) = put(1, wording=1)
    choose(one, "public", wanted=True, language="es")
    choose(one, "public", wanted=True)
    choose(one, "updates", wanted=True)
    choose(one, "public", wanted=False)
    unsubscribe(make_token("unsubscribe", one), "fr")
    unsubscribe(make_token("unsubscribe", one))
    withdraw(one)
    withdraw(one)
    assert answers(one) == [
        *FIRST,
        ("public", True, "own page"),
        ("updates", True, "own page"),
        ("public", False, "own page"),
        ("updates", False, "unsubscribe link"),
        ("passing_on", False, "own page"),
    ]
    said = own_signature(one).said
    assert [one.language for one in said[3:]] == ["es", "en", "en", "fr", "en"]
    # In the wording that they were asked with, which is not today's.
    assert said[3].words == WORDINGS[0].public != CURRENT.public
    assert [each.what for each in story("night-buses", one, actor=SYSTEM).said] == [
        each.what for each in said
    ]


def test_a_choice_that_is_refused_is_not_in_the_history(app: Flask) -> None:
    make_campaign()
    (one,) = put(1, state="withdrawn")
    unsubscribe(make_token("unsubscribe", one))  # They had none.
    with pytest.raises(Exception, match="withdrawn or erased"):
        choose(one, "public", wanted=True)
    assert rows("SELECT FROM consent_change") == []


def test_erasing_forgets_what_was_said(app: Flask) -> None:
    make_campaign()
    one, other = put(2)
    choose(one, "public", wanted=True)
    choose(other, "public", wanted=True)
    erase(one)
    assert rows("SELECT signature_id FROM consent_change") == [(other,)]
    assert answers(one) == []
