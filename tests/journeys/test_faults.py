"""Processes are killed at random while people sign: nothing promised is lost, miscounted or
sent again and again."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.journeys.crowd import Crowd, is_to_supporter, link_in, mails_by_address
from tests.journeys.killing import Killer
from tests.local.processes import until
from tests.support.site import Site, running_site

SLUG = "night-buses"
SECONDS = 30
LONGEST = 150
SETTLED = 90.0

_UNSENT = "SELECT count(*) FROM outgoing_mail WHERE state IN ('queued', 'sending')"
_UNCOUNTED = "SELECT count(*) FROM signature_change"
_CONFIRMED = "SELECT count(*) FROM signature WHERE state = 'confirmed'"


@dataclass
class Aftermath:
    """What people were promised, and the site once the killing is over and all is quiet."""

    site: Site
    crowd: Crowd
    killer: Killer


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of this module's own, to kill."""
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def after(site: Site) -> Aftermath:
    seed = int(os.environ.get("FAULT_SEED") or random.randrange(1_000_000))
    print(f"FAULT_SEED={seed}")  # noqa: T201
    until(site.is_well, SETTLED)
    killer = Killer(site, seed)
    with Crowd(site, SLUG) as crowd:
        rampage(killer, crowd)
        until(site.is_well, SETTLED)
    until(lambda: site.value(_UNSENT) == 0 and site.value(_UNCOUNTED) == 0, SETTLED)
    kills, promised = len(killer.killed), len(crowd.promised)
    print(f"{kills} kills, {promised} promised, {crowd.unanswered} unanswered")  # noqa: T201
    return Aftermath(site, crowd, killer)


def rampage(killer: Killer, crowd: Crowd) -> None:
    """Kill for half a minute; on a slow machine longer, until enough has happened."""
    begun = time.monotonic()
    while (lasted := time.monotonic() - begun) < LONGEST:
        if lasted > SECONDS and killer.every_part_had_its_turn() and crowd.was_busy():
            return
        before = len(crowd.promised)
        killer.kill()
        time.sleep(killer.pause())
        # The next one is to fall while people are being served, not while all is down anyway.
        patience = time.monotonic() + 5
        while len(crowd.promised) == before and time.monotonic() < patience:
            time.sleep(0.05)


def test_every_part_was_killed_while_people_signed_and_confirmed(after: Aftermath) -> None:
    assert after.killer.every_part_had_its_turn()
    assert after.crowd.was_busy()
    assert after.crowd.unanswered > 0


def test_every_promised_signature_has_its_row(after: Aftermath) -> None:
    kept = {email for (email,) in after.site.rows("SELECT email FROM signature")}
    assert after.crowd.promised - kept == set()


def test_every_promised_signature_has_its_mail_and_nobody_more_than_two(after: Aftermath) -> None:
    sent = mails_by_address(after.site)
    assert after.crowd.promised - set(sent) == set()
    assert {address: number for address, number in sent.items() if number > 2} == {}


def test_every_mail_carries_the_link_of_its_own_signature(after: Aftermath) -> None:
    owners = dict(after.site.rows("SELECT id, email FROM signature"))
    for message in filter(is_to_supporter, after.site.office.accepted):
        token = link_in(message).rpartition("/")[2]
        assert owners[int(token.partition(".")[0])] == message["To"]


def test_the_outbox_tells_the_truth(after: Aftermath) -> None:
    assert after.site.rows("SELECT state FROM outgoing_mail WHERE state <> 'sent'") == []
    # Staff may have been alerted to so many signatures at once.
    supporters = "SELECT recipient FROM outgoing_mail WHERE signature_id IS NOT NULL"
    recipients = {who for (who,) in after.site.rows(supporters)}
    assert recipients == set(mails_by_address(after.site))


def test_every_confirmation_that_was_acknowledged_is_kept(after: Aftermath) -> None:
    rows = after.site.rows("SELECT email FROM signature WHERE state = 'confirmed'")
    assert after.crowd.confirmed - {email for (email,) in rows} == set()


def test_the_counts_equal_the_rows(after: Aftermath) -> None:
    assert after.site.command("counts", "check").stdout == "Every count equals its rows.\n"
    shown = f"/campaigns/{SLUG}/count.json"
    until(lambda: after.site.get(shown).json["count"] == after.site.value(_CONFIRMED))


def test_the_site_goes_on_as_before(after: Aftermath) -> None:
    site = after.site
    fields = {"name": "Late Comer", "email": "late@example.org", "country": "GB", "consent": "y"}
    assert site.post(f"/campaigns/{SLUG}/sign", fields).status == 303
    until(lambda: mails_by_address(site)["late@example.org"] == 1)
    assert site.get(f"/campaigns/{SLUG}").status == 200


def test_no_failure_has_put_anything_personal_into_the_log(after: Aftermath) -> None:
    assert "@example.org" not in after.site.log
    assert "Nguy" not in after.site.log
