"""What forms and lists say: each mistake once, by its name, and no more than is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from campaign.articles.publishing import KEYS as ARTICLE_KEYS
from campaign.campaigns.publishing import KEYS as CAMPAIGN_KEYS
from campaign.campaigns.values import OFFICIAL_KEYS
from campaign.staff.writing import labelled
from tests.support.making import form, make_campaign
from tests.support.staff import Staff
from tests.support.writing import article_form, campaign_form, error_of

OFFICIAL = {"name": "Bo Lind", "title": "Mayor", "body": "Town", "email": "bo@example.org"}


@pytest.fixture
def admin(staff: Callable[[str], Staff]) -> Staff:
    return staff("admin")


def summary_of(page: str) -> list[tuple[str, str]]:
    """Where each line of the error summary leads, and what it says."""
    found = re.search(r'id="errors".*?</div>', page, re.DOTALL)
    assert found, page
    return [(to, unescape(said)) for to, said in re.findall(r'href="#(.*?)">(.*?)</a>', found[0])]


def test_a_new_campaign_with_an_address_in_use_is_told_that_alone(
    admin: Staff, client: FlaskClient
) -> None:
    make_campaign()
    assert client.post("/campaigns/night-buses/sign", data=form()).status_code == 303
    answer = admin.post("/staff/campaigns/new", campaign_form(slug="night-buses"))
    assert answer.status_code == 400
    said = "The address 'night-buses' is in use already."
    assert summary_of(answer.text) == [("field-slug", said)]


@pytest.mark.parametrize(
    ("area", "values", "field"),
    [
        ("articles", article_form(slug="", title=""), "title"),
        ("campaigns", campaign_form(slug="", title=""), "title"),
        ("officials", {**OFFICIAL, "name": ""}, "name"),
    ],
)
def test_an_address_made_from_what_is_missing_is_no_second_mistake(
    admin: Staff, area: str, values: dict[str, Any], field: str
) -> None:
    answer = admin.post(f"/staff/{area}/new", values)
    assert summary_of(answer.text) == [(f"field-{field}", f"{field.title()} is empty.")]
    # From these letters no address can be made, so that it has to be given.
    unmade = admin.post(f"/staff/{area}/new", {**values, field: "山"})
    assert error_of(unmade.text, "slug") == "The address is empty."


@pytest.mark.parametrize("name", sorted({*ARTICLE_KEYS, *CAMPAIGN_KEYS, *OFFICIAL_KEYS}))
def test_every_field_has_a_name_that_people_would_use(name: str) -> None:
    assert "_" not in labelled({name: "is wrong"})[name]


@pytest.mark.parametrize("area", ["articles", "officials"])
def test_a_page_past_the_end_of_a_list_does_not_say_that_there_is_nothing(
    admin: Staff, area: str
) -> None:
    for query in ("", "search=nobody&"):
        page = admin.get(f"/staff/{area}?{query}page=50").text
        assert "Nothing on this page." in page
        assert "There is no" not in page
        assert "matches" not in page
    # The first page is one of the same search.
    first = re.search(r'Nothing on this page. <a href="(.*?)"', page)
    assert first
    assert "matches" in admin.get(unescape(first[1])).text
