"""News by mail and the name in public: each set alone, at any time, counting nothing."""

from __future__ import annotations

from typing import get_args

import pytest
from flask import Flask

from campaign.campaigns.models import Campaign
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.signatures.choices import CHOICES, Choice, NothingToChoose, choose
from campaign.signatures.comments import public_comments
from campaign.signatures.withdrawing import withdraw
from tests.support.crowd import put
from tests.support.making import make_campaign, rows, value


def test_each_is_set_without_the_other(app: Flask) -> None:
    assert get_args(Choice) == CHOICES
    make_campaign()
    (one,) = put(1)
    choose(one, "updates", wanted=True)
    assert rows("SELECT updates, public FROM signature") == [(True, False)]
    choose(one, "public", wanted=True)
    choose(one, "public", wanted=True)
    choose(one, "updates", wanted=False)
    assert rows("SELECT updates, public FROM signature") == [(False, True)]
    # What was wanted when is kept, and no count has changed.
    assert rows("SELECT updates, public FROM signature_past ORDER BY id") == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert value("SELECT count(*) FROM signature_change") == 1


def test_a_comment_goes_from_the_page_with_the_name(app: Flask) -> None:
    campaign: Campaign = make_campaign()
    (one,) = put(1, public=True, comment="I walk home at two.")
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE signature SET comment_approved = true")
    assert len(public_comments(campaign.id)) == 1
    choose(one, "public", wanted=False)
    assert public_comments(campaign.id) == []


@pytest.mark.parametrize("act", ["no news", "withdrawn"])
def test_news_that_waits_is_recalled_and_nothing_else(app: Flask, act: str) -> None:
    make_campaign()
    one, other = put(2)
    with db.engine.begin() as connection:
        connection.exec_driver_sql(_NEWS)
    before = rows(_WAITING)
    choose(one, "updates", wanted=True)
    choose(one, "public", wanted=False)
    assert rows(_WAITING) == before
    if act == "withdrawn":
        withdraw(one)
    else:
        choose(one, "updates", wanted=False)
    gone = [(one, "delivered", "queued")]
    assert rows(_WAITING) == [row for row in before if row not in gone]
    assert len(before) == 6
    assert rows("SELECT count(*) FROM outgoing_mail WHERE signature_id = :i", i=other) == [(3,)]


_WAITING = "SELECT signature_id, kind, state FROM outgoing_mail ORDER BY id"
_NEWS = """
WITH delivered AS (
    INSERT INTO delivery (campaign_id, official_id, number, everything, made_by, state)
    SELECT c.id, o.id, 1, false, 'Ada', 'sent' FROM campaign c, official o RETURNING id
), mailing AS (
    INSERT INTO supporter_mailing (kind, delivery_id) SELECT 'delivered', id FROM delivered
    RETURNING id
)
INSERT INTO outgoing_mail (kind, recipient, language, shared, signature_id, mailing_id, state)
SELECT v.kind, 'x@example.org', 'en', '{}'::jsonb, s.id,
    CASE v.kind WHEN 'delivered' THEN m.id END, v.state
FROM signature s, mailing m, (VALUES ('delivered', 'queued'), ('delivered', 'sent'),
    ('confirm', 'queued')) AS v (kind, state) ORDER BY s.id
"""


@pytest.mark.parametrize("state", ["withdrawn", "erased"])
def test_who_is_out_has_nothing_to_choose(app: Flask, state: str) -> None:
    make_campaign()
    (one,) = put(1, state=state)
    for choice in get_args(Choice):
        with pytest.raises(NothingToChoose):
            choose(one, choice, wanted=True)
    assert rows("SELECT updates, public FROM signature") == [(False, False)]
    with pytest.raises(NotFound):
        choose(one + 1, "public", wanted=True)
