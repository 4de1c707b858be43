"""/mine/<token>: a supporter puts their details right, and reads all that is held of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from campaign.signatures.own import path_to
from tests.delivery.making import TAKEN, change, compiled, petition
from tests.public.own import everything, expect_private, expect_refused, one_in
from tests.support.crowd import expect_no_drift, put
from tests.support.making import form, make_campaign, rows, value

RIGHT = {"name": "Zoë Nguyen", "country": "FR", "postcode": "75011", "comment": "At two."}


def test_details_are_corrected_by_a_post_and_told(client: FlaskClient) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    page = client.get(here).text
    assert f'action="{here}/correct"' in page
    assert "The campaign’s count stays as it is." in page
    response = client.post(f"{here}/correct", data=RIGHT)
    assert (response.status_code, response.location) == (303, f"{here}?done=corrected")
    expect_private(response)
    page = client.get(response.location or "").text
    assert "Your details are corrected." in page
    assert "What you corrected" in page
    assert "Name, before: <q><bdi>Zoë Nguyễn</bdi></q>" in page
    assert "Comment, before: none" in page
    assert rows("SELECT name, country, postcode, comment FROM signature") == [
        ("Zoë Nguyen", "FR", "75011", "At two.")
    ]
    expect_no_drift()


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    client: FlaskClient,
) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    before = everything()
    typed = {"name": "<b>@", "country": "XX", "postcode": "?", "comment": "mine\0 & yours"}
    response = client.post(f"{here}/correct", data=typed)
    assert response.status_code == 400
    expect_private(response)
    page = response.text
    for shown in (
        "Error: Your signature",
        'href="#field-name"',
        'id="error-postcode"',
        'value="&lt;b&gt;@"',
        "mine &amp; yours</textarea>",
        '<details class="act correct" open>',
    ):
        assert shown in page
    assert everything() == before


@pytest.mark.parametrize("state", ["withdrawn", "excluded", "erased"])
def test_what_is_out_is_not_corrected(client: FlaskClient, state: str) -> None:
    make_campaign()
    _, here = one_in(state)
    before = everything()
    assert f"{here}/correct" not in client.get(here).text
    expect_refused(client.post(f"{here}/correct", data=RIGHT), here, "can be corrected.")
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"", "application/x-www-form-urlencoded", 400),
        (b"name=%FF&country=GB", "application/x-www-form-urlencoded", 400),
        (b"name=" + b"a" * 2_000_000, "application/x-www-form-urlencoded", 413),
        (b"&".join([b"name=a"] * 5_000), "application/x-www-form-urlencoded", 413),
    ],
)
def test_hostile_bodies_change_nothing(
    client: FlaskClient, body: bytes, kind: str, status: int
) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    before = everything()
    answer = client.post(f"{here}/correct", data=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert everything() == before


def test_every_answer_is_shown_with_its_words(client: FlaskClient) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    client.post(f"{here}/updates", data={"wanted": "y"})
    client.post(f"{here}/withdraw")
    table = client.get(here).text.partition('<table class="history">')[2].partition("</table>")[0]
    told = [" ".join(re.sub(r"<[^>]+>", " ", row).split()[3:]) for row in table.split("<tr>")[2:]]
    assert [one.partition(" Email")[0].partition(" Pass")[0] for one in told] == [
        "when you signed Yes",
        "when you signed No",
        "when you signed No Show my name, and my comment if I write one, publicly on this page.",
        "on this page Yes",
        "on this page No",
    ]


def test_the_readable_page_has_everything_that_the_file_has(
    client: FlaskClient, tmp_path: Path
) -> None:
    petition()
    client.post("/campaigns/night-buses/sign", data=form(comment="At two.", email="z@example.org"))
    change("UPDATE signature SET state = 'confirmed', confirmed_at = now(), source = 'from=cafe'")
    change("UPDATE outgoing_mail SET state = 'sent', sent_at = now()")
    put(16)
    compiled(tmp_path)
    change("UPDATE delivery SET state = 'acknowledged', sent_at = now(), acknowledged_at = now()")
    change(TAKEN)
    here = path_to(1)
    client.post(f"{here}/correct", data=RIGHT)
    client.post(f"{here}/public", data={"wanted": "y"})
    page = " ".join(unescape(client.get(f"{here}/data").text).split())
    data = client.get(f"{here}/data.json").json
    assert data is not None
    said = {
        "confirmed": "confirmed: it counts", "FR": "France", "GB": "United Kingdom",
        "confirm": "The email with the button", "form": "when you signed",
        "own page": "on this page",
        "passing_on": data["consent"]["passing_on"]["wording"], "country": "Country, before",
        "updates": data["consent"]["updates"]["wording"], "name": "Name, before",
        "public": data["consent"]["public"]["wording"], "postcode": "Postcode, before",
        "comment": "Comment, before", "groundswell-own-signature/1": "Your data",
    }  # fmt: skip
    assert len(list(leaves(data))) > 60
    for leaf in leaves(data):
        if isinstance(leaf, bool) or leaf is None:
            continue
        text = str(leaf)
        # A moment is told as its day, and to machines exactly.
        text = re.sub(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\+00:00$", r"\1", text)
        assert said.get(text, text) in page, text
    assert value("SELECT name FROM signature_correction") == "Zoë Nguyễn"


def leaves(data: Any) -> Iterator[Any]:
    if isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from leaves(part)
    else:
        yield data


def test_of_who_was_erased_the_readable_page_names_nothing(client: FlaskClient) -> None:
    make_campaign()
    _, here = one_in("confirmed")
    client.post(f"{here}/correct", data=RIGHT)
    client.post(f"{here}/erase")
    page = client.get(f"{here}/data").text
    assert "erased by you" in page
    for gone in ("Zoë", "example.org", "75011", "At two.", "France"):
        assert gone not in page
    assert client.get(here).status_code == 200
