"""The clock of personal data: starts with the end of a campaign, is announced, and then begins."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.accounts.adding import add_account
from campaign.signatures.retaining import announce, announced, begin, plan_of
from tests.delivery.handing import handed_over
from tests.delivery.making import change, sign_on_paper
from tests.support.crowd import put
from tests.support.making import make_campaign, rows, value
from tests.support.smtp import Office
from tests.support.staff import PASSWORD, Staff

SLUG = "night-buses"
PLANS = "SELECT count(*) FROM retention"


@pytest.fixture
def ended(app: Flask) -> Callable[[str], None]:
    """A campaign with a signature; call it to let the campaign have been closed for a time."""
    make_campaign()
    put(1)

    def close(ago: str) -> None:
        change("UPDATE campaign SET state = 'closed'")
        change(f"UPDATE campaign SET ended_at = now() - interval '{ago}'")

    return close


def fortnight_passes() -> None:
    change("UPDATE retention SET due_at = now() - interval '1 minute'")
    change("UPDATE campaign SET ended_at = ended_at - interval '15 days'")


@pytest.mark.parametrize("state", ["closed", "delivered"])
def test_the_clock_starts_when_a_campaign_ends_and_stops_when_it_is_taken_up(
    app: Flask, state: str
) -> None:
    make_campaign()
    assert plan_of(SLUG) is None
    change("UPDATE campaign SET state = :s", s=state)
    in_time = "SELECT ended_at > now() - interval '1 minute' FROM campaign"
    assert value(in_time)
    assert plan_of(SLUG) is not None
    change("UPDATE campaign SET title = 'Other', state = :s", s=state)
    change("UPDATE campaign SET ended_at = now() - interval '1 year'")
    change("UPDATE campaign SET title = 'Another', state = :s", s=state)
    assert not value(in_time)
    change("UPDATE campaign SET state = 'open'")
    assert value("SELECT ended_at FROM campaign") is None
    assert plan_of(SLUG) is None


def test_a_campaign_that_closes_by_itself_has_ended_then(app: Flask) -> None:
    make_campaign()
    change("UPDATE campaign SET closes_at = now() + interval '1 day'")
    assert plan_of(SLUG) is None
    change("UPDATE campaign SET closes_at = timestamptz '2026-01-31 12:00+00'")
    plan = plan_of(SLUG)
    assert plan
    assert str(plan.due_at.date()) == "2026-07-31"
    assert not plan.announced


def test_handing_over_later_starts_the_time_anew(app: Flask, office: Office) -> None:
    handed_over(1)
    change("UPDATE campaign SET state = 'closed'")
    change("UPDATE campaign SET ended_at = now() - interval '5 years'")
    assert announce() == 0
    change("UPDATE delivery SET sent_at = now() - interval '5 years'")
    assert announce() == 1


def test_admins_are_told_once_a_fortnight_before(app: Flask, ended: Callable[[str], None]) -> None:
    for role in ("admin", "organiser"):
        add_account(f"{role}@example.org", role, password=PASSWORD)
    ended("6 months -17 days")
    assert announce() == 0
    ended("6 months -12 days")
    assert [announce(), announce()] == [1, 0]
    (mail,) = rows("SELECT recipient, shared FROM outgoing_mail")
    assert mail[0] == "admin@example.org"
    assert mail[1]["headline"].startswith("Personal data goes on ")
    assert mail[1]["link"].endswith(f"/staff/campaigns/{SLUG}")
    noted = "SELECT action FROM audit_event WHERE subject = :s"
    assert rows(noted, s=f"campaign:{SLUG}") == [("end of data announced",)]


def test_nothing_goes_before_a_fortnight_after_it_was_announced(
    ended: Callable[[str], None],
) -> None:
    ended("3 years")
    assert begin() == 0
    announce()
    assert value("SELECT due_at > now() + interval '13 days 23 hours' FROM retention")
    assert begin() == 0
    fortnight_passes()
    assert [begin(), begin()] == [1, 0]
    assert announce() == 0


@pytest.mark.parametrize(
    "setting",
    [
        "state = 'open'",
        "keep_months = 60",
        "ended_at = now()",
    ],
)
def test_a_campaign_that_gets_more_time_is_announced_anew(
    ended: Callable[[str], None], setting: str
) -> None:
    ended("1 year")
    announce()
    change(f"UPDATE campaign SET {setting}")
    change("UPDATE retention SET due_at = now() - interval '1 minute'")
    assert begin() == 0
    assert announce() == 0
    assert value(PLANS) == 0
    ended("6 years")
    assert announce() == 1


def test_a_campaign_may_say_itself_how_long(ended: Callable[[str], None]) -> None:
    ended("2 months")
    assert announce() == 0
    change("UPDATE campaign SET keep_months = 1")
    assert announce() == 1


def test_nothing_begins_while_a_delivery_is_being_made(ended: Callable[[str], None]) -> None:
    ended("1 year")
    announce()
    fortnight_passes()
    change(
        """
        INSERT INTO delivery (campaign_id, official_id, number, everything, made_by)
        SELECT c.id, o.id, 1, true, 'Ada' FROM campaign c, official o
        """
    )
    assert begin() == 0
    change("UPDATE delivery SET state = 'ready'")
    assert begin() == 1


def test_a_campaign_without_anybody_is_not_announced(app: Flask) -> None:
    make_campaign()
    change("UPDATE campaign SET state = 'closed'")
    change("UPDATE campaign SET ended_at = now() - interval '1 year'")
    assert announce() == 0
    sign_on_paper()
    assert announce() == 1


def test_the_workspace_says_when_data_goes(
    app: Flask, ended: Callable[[str], None], staff: Callable[[str], Staff]
) -> None:
    organiser = staff("organiser")
    here = f"/staff/campaigns/{SLUG}"
    assert "ersonal data" not in organiser.get("/staff/").text
    assert "ersonal data" not in organiser.get(here).text
    ended("1 month")
    assert "Personal data is kept until" in organiser.get(here).text
    assert "ersonal data" not in organiser.get("/staff/").text
    ended("1 year")
    announce()
    for path in ("/staff/", here):
        assert "hand over before" in organiser.get(path).text
    assert [plan.slug for plan in announced()] == [SLUG]
    fortnight_passes()
    begin()
    assert "is being deleted" in organiser.get(here).text
    change("UPDATE retention SET ended_at = now()")
    assert "was deleted on" in organiser.get(here).text
    assert announced() == []
