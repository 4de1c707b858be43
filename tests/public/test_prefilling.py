"""The next campaign, and its form filled in."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from campaign.links import make_token
from campaign.signatures.prefilling import prefill_token
from tests.public.thanked import CAMPAIGN, NOT_COUNTED, filled, into, thanks
from tests.support.making import form, make_campaign, value

OTHER = "/campaigns/clean-river"


def test_the_campaign_nearest_to_its_goal_is_offered_next(client: FlaskClient, signer: str) -> None:
    make_campaign("clean-river", title="Clean river", goal=1000)
    make_campaign("warm-school", title="Warm school", goal=20)
    make_campaign("shut-one", title="Shut", goal=1, state="closed")
    page = thanks(client, signer).text
    assert (
        '<form method="post" action="/campaigns/warm-school/prefilled?from=next-campaign#sign">'
        in page
    )
    client.post("/campaigns/warm-school/sign", data=form())
    page = thanks(client, signer).text
    assert (
        '<form method="post" action="/campaigns/clean-river/prefilled?from=next-campaign#sign">'
        in page
    )


def test_the_next_form_is_filled_in_but_nothing_is_ticked(client: FlaskClient, signer: str) -> None:
    make_campaign("clean-river")
    (token,) = re.findall(r'name="token" value="([^"]+)"', thanks(client, signer).text)
    assert token != signer
    page = client.post(f"{OTHER}/prefilled?from=next-campaign", data={"token": token})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert filled(page) == {
        "name": "Zoë Nguyễn",
        "email": "zoe@example.org",
        "postcode": "N1 9GU",
    }
    assert '<option value="GB" selected>' in page.text
    assert " checked" not in page.text
    assert "field-comment" in page.text
    assert value("SELECT count(*) FROM signature") == 1


def test_a_wrong_token_fills_in_nothing(client: FlaskClient, signer: str) -> None:
    empty = {"name": "", "email": "", "postcode": ""}
    for token in ("", "x" * 40, "\0\ud7ff", signer, make_token("mine", 1), prefill_token(99)):
        page = client.post(f"{CAMPAIGN}/prefilled", data={"token": token})
        assert (page.status_code, filled(page)) == (200, empty)
    assert client.get(f"{CAMPAIGN}/prefilled?token={prefill_token(1)}").status_code == 405


@pytest.mark.parametrize("state", NOT_COUNTED)
def test_nothing_is_filled_in_for_whoever_does_not_count(
    client: FlaskClient, signer: str, state: str
) -> None:
    into(state)
    page = client.post(f"{CAMPAIGN}/prefilled", data={"token": prefill_token(1)})
    assert filled(page) == {"name": "", "email": "", "postcode": ""}
