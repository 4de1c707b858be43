"""The page of one signature: whatever became of it, it says what is known, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from campaign.accounts.audit import Actor
from campaign.delivery.erasing import erase, erase_unconfirmed
from campaign.links import make_token
from campaign.signatures.choices import choose
from campaign.signatures.consents import CURRENT
from campaign.signatures.correcting import Details, correct
from campaign.signatures.excluding import exclude
from campaign.signatures.unsubscribing import unsubscribe
from campaign.signatures.withdrawing import withdraw
from tests.support.crowd import put
from tests.support.making import make_campaign
from tests.support.staff import Staff

ADMIN = Actor("ada@example.org", "192.0.2.1")
SLUG = "night-buses"
COMMENT = "I walk home at two."
AT = r"\d+ \w+ \d{4}, \d\d:\d\d"
OFFICIALS = "Officials get it with the signature."


@pytest.fixture
def read(app: Flask, staff: Callable[[str], Staff]) -> Callable[[int], str]:
    """Reads the page of a signature as its words, without its marks."""
    make_campaign()
    admin = staff("admin")

    def words(signature_id: int) -> str:
        page = admin.get(f"/staff/campaigns/{SLUG}/signatures/{signature_id}").text
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))

    return words


def test_what_was_said_on_signing_and_since_is_told(read: Callable[[int], str]) -> None:
    (one,) = put()
    choose(one, "updates", wanted=True)
    unsubscribe(make_token("unsubscribe", one))
    page = read(one)
    assert f"Yes{CURRENT.consent} " in page
    since = rf"No on signing, yes since {AT}, no since {AT}\."
    assert re.search(rf"No{re.escape(CURRENT.updates)} {since}", page), page
    assert f"No{CURRENT.public} " in page


def test_who_withdrew_does_not_agree_any_more(read: Callable[[int], str]) -> None:
    (one,) = put(comment=COMMENT, public=True)
    assert OFFICIALS not in read(one)
    withdraw(one)
    page = read(one)
    assert re.search(rf"No{re.escape(CURRENT.consent)} Yes on signing, no since ", page), page
    assert "Not for the public while the signature is withdrawn." in page
    assert "It was withdrawn by its supporter." in page
    assert OFFICIALS not in page


@pytest.mark.parametrize(("public", "wording"), [(False, CURRENT.version), (True, 1)])
def test_a_comment_that_is_not_for_the_public_goes_to_the_officials(
    read: Callable[[int], str], public: bool, wording: int
) -> None:
    (one,) = put(comment=COMMENT, public=public, wording=wording)
    assert f"Not for the public: the supporter did not agree to it. {OFFICIALS}" in read(one)
    (one,) = put(comment=COMMENT, public=public, wording=wording, state="pending")
    assert "Not for the public: the supporter did not agree to it." in read(one)
    assert OFFICIALS not in read(one)


def test_of_who_was_erased_nothing_is_claimed(read: Callable[[int], str]) -> None:
    (one,) = put(comment=COMMENT, public=True)
    exclude(SLUG, one, "looks made up", actor=ADMIN)
    assert "Excluded by ada@example.org: “looks made up”" in read(one)
    erase(one)
    page = read(one)
    assert "Excluded by ada@example.org" in page
    assert "“" not in page
    assert CURRENT.consent not in page
    assert "None was written." not in page
    assert re.search(rf"{AT} Erased by its supporter", page), page
    assert "It was erased by its supporter." in page


def test_nobody_knows_who_erased_what_was_never_confirmed(read: Callable[[int], str]) -> None:
    (one,) = put(state="pending")
    erase_unconfirmed(one)
    page = read(one)
    assert "It was erased." in page
    assert re.search(rf"{AT} Erased ", page), page
    assert "by its supporter" not in page


def test_what_was_put_right_is_told_as_it_was(read: Callable[[int], str]) -> None:
    (one,) = put(name="Zoë Nguyen", country="FR")
    correct(one, Details("Zoë Nguyễn", "GB", "N1 9GU", COMMENT))
    assert (
        "Corrected by the supporter: name, before “Zoë Nguyen”; country, before “France”;"
        " postcode, before none; comment, before none" in read(one)
    )
