"""No address of a page tells which person, domain or network a search was about."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

import pytest
from werkzeug.test import TestResponse

from campaign.signatures.finding import PAGE
from campaign.signatures.spikes import LEAST, watch
from tests.staff.test_moderating import LIST, follow, link
from tests.support.crowd import put
from tests.support.making import make_campaign
from tests.support.staff import Staff

DOMAIN, NETWORK = "zoe-nguyen.example", "ab" * 16


@pytest.fixture
def admin(staff: Callable[[str], Staff]) -> Staff:
    make_campaign()
    return staff("admin")


def addresses(*answers: TestResponse) -> list[str]:
    found = [one.headers["Location"] for one in answers if "Location" in one.headers]
    for answer in answers:
        found += re.findall(r'(?:href|action)="([^"]*)"', answer.text)
    return [unquote(unescape(one)) for one in found]


@pytest.mark.parametrize(("field", "personal"), [("domain", DOMAIN), ("network", NETWORK)])
def test_domain_and_network_stand_in_no_address(admin: Staff, field: str, personal: str) -> None:
    put(PAGE + 1, domain=DOMAIN, network=NETWORK)
    put(3)
    sought = admin.post(LIST, {field: personal, "state": "confirmed"})
    page = follow(admin, sought)
    older = admin.get(LIST + link(page, "Older"))
    preview = admin.get(link(page, "Exclude all of these…"))
    back = admin.get(link(preview, "Back to the search"))
    assert f'value="{personal}"' in page.text
    assert older.text.count('scope="row"') == 1
    assert f"Exclude {PAGE + 1} signatures?" in preview.text
    assert f'value="{personal}"' in back.text
    for address in addresses(sought, page, older, preview, back):
        assert personal not in address
        assert DOMAIN not in address
    assert "state=confirmed" in sought.headers["Location"]


def test_a_network_leads_to_all_of_its_signatures(admin: Staff) -> None:
    (one, *_) = put(4, network=NETWORK)
    put(3)
    for page in (admin.get(LIST), admin.get(f"{LIST}/{one}")):
        assert NETWORK not in "".join(addresses(page))
    listed = link(admin.get(f"{LIST}/{one}"), NETWORK)
    assert admin.get(listed).text.count('scope="row"') == 4


def test_an_alert_leads_there_without_naming_it(admin: Staff) -> None:
    put(LEAST, network=NETWORK, minutes_ago=20)
    watch()
    board = admin.get("/staff/")
    assert NETWORK not in "".join(addresses(board))
    assert admin.get(link(board, "Look at them")).text.count('scope="row"') == LEAST


@pytest.mark.parametrize("path", ["", "/exclusions/preview"])
def test_a_seal_that_is_not_ours_is_refused(admin: Staff, path: str) -> None:
    assert admin.get(f"{LIST}{path}?find=gAAAAABx").status_code == 410
