"""Generating: invented people, counted right, never in production."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from campaign.errors import GroundswellError, NotFound
from campaign.signatures import counting, generating
from campaign.signatures.addresses import canonical_address
from campaign.signatures.generating import generate
from campaign.signatures.invented import COMMENTS, PEOPLES
from campaign.signatures.pledge import clean_comment, clean_country, clean_name, clean_postcode
from tests.support.making import make_campaign, rows, value


def test_generated_signatures_are_confirmed_counted_and_send_no_mail(app: Flask) -> None:
    make_campaign()
    assert generate("night-buses", 300) == 300
    assert rows("SELECT state, count(*) FROM signature GROUP BY 1") == [("confirmed", 300)]
    assert value("SELECT confirmed FROM campaign_count") == 300
    assert counting.check() == []
    assert value("SELECT count(*) FROM outgoing_mail") == 0


def test_generating_again_continues(app: Flask) -> None:
    make_campaign()
    make_campaign("other")
    generate("night-buses", 40)
    last = value("SELECT max(confirmed_at) FROM signature")
    generate("night-buses", 60)
    generate("other", 10)
    later = "SELECT count(*) FROM signature WHERE campaign_id = 1 AND confirmed_at > :last"
    assert value(later, last=last) == 60
    assert value("SELECT count(DISTINCT email_canonical) FROM signature") == 110
    assert rows("SELECT confirmed FROM campaign_count ORDER BY campaign_id") == [(100,), (10,)]
    assert counting.check() == []


def test_time_runs_from_signing_to_confirming_to_now(app: Flask) -> None:
    make_campaign()
    generate("night-buses", 200)
    assert value("SELECT bool_and(created_at <= confirmed_at) FROM signature")
    assert value("SELECT max(confirmed_at) <= now() FROM signature")
    assert value("SELECT max(confirmed_at) - min(created_at) > interval '30 d' FROM signature")
    assert value("SELECT count(DISTINCT network_key) FROM signature") == 200


def test_they_are_as_various_as_people(app: Flask) -> None:
    make_campaign()
    generate("night-buses", 1000)
    assert value("SELECT count(DISTINCT country) FROM signature") > 20
    assert value("SELECT count(DISTINCT name) FROM signature") > 300
    assert 100 < value("SELECT count(*) FROM signature WHERE comment <> ''") < 300
    for (email,) in rows("SELECT email FROM signature LIMIT 5"):
        assert canonical_address(email) == email


def test_many_go_in_several_portions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generating, "_CHUNK", 7)
    make_campaign()
    generate("night-buses", 20)
    assert value("SELECT count(DISTINCT email) FROM signature") == 20


def test_the_form_would_take_every_invented_person() -> None:
    for people in PEOPLES:
        assert clean_country(people.country) == people.country
        assert clean_postcode(people.postcode) == people.postcode
        for first in people.first:
            for second in people.second:
                clean_name(people.between.join((first, second)))
    assert [clean_comment(comment) for comment in COMMENTS] == list(COMMENTS)


@pytest.mark.parametrize("number", [0, -1, generating.MOST + 1])
def test_a_number_out_of_bounds_is_refused(app: Flask, number: int) -> None:
    make_campaign()
    with pytest.raises(GroundswellError, match="N must be a whole number from 1 to 5,000,000"):
        generate("night-buses", number)


def test_an_unknown_campaign_is_refused(app: Flask) -> None:
    with pytest.raises(NotFound, match="there is no campaign 'nope'"):
        generate("nope", 1)


def test_production_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_campaign()
    settings = replace(app.extensions["groundswell"], environment="production")
    monkeypatch.setitem(app.extensions, "groundswell", settings)
    with pytest.raises(GroundswellError, match="never invented when ENVIRONMENT=production"):
        generate("night-buses", 1)
    assert value("SELECT count(*) FROM signature") == 0
