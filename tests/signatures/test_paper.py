"""Importing paper: what is new comes in, whatever is not says why, and nobody is counted twice."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.accounts.audit import SYSTEM
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.signatures import counting
from campaign.signatures.confirming import confirm
from campaign.signatures.paper import import_paper, read_paper
from campaign.signatures.standing import standing
from campaign.signatures.tallies import tally
from tests.support.crowd import put
from tests.support.making import confirm_token, form, make_campaign, rows, value
from tests.support.paper import SLUG, kept, person, put_paper, table


@pytest.fixture(autouse=True)
def campaign(app: Flask) -> None:
    make_campaign()


def displayed() -> int:
    """What people are shown, which must be what staff are shown at any moment."""
    stands = standing(SLUG)
    counting.fold()
    assert counting.check() == []
    assert standing(SLUG) == stands
    assert tally(SLUG).count == stands.displayed
    return stands.displayed


def test_what_was_signed_on_paper_is_counted_apart_and_displayed() -> None:
    put(3)
    report = put_paper(person("Ada Okafor", "ada@example.org"), person("Bo Lind"))
    assert (report.added, report.duplicate, report.refused) == (2, [], [])
    stands = standing(SLUG)
    assert (stands.submitted, stands.confirmed, stands.paper, stands.displayed) == (3, 3, 2, 5)
    assert displayed() == 5
    assert rows("SELECT line, name, postcode, country, signed_on::text, email, email_canonical"
                " FROM paper_signature ORDER BY id") == [
        (2, "Ada Okafor", "N1 9GU", "GB", "2026-03-01", "ada@example.org", "ada@example.org"),
        (3, "Bo Lind", "N1 9GU", "GB", "2026-03-01", "", None),
    ]  # fmt: skip
    assert rows("SELECT name, made_by, added, duplicate, refused FROM paper_batch") == [
        ("Market", "system", 2, 0, 0)
    ]


def test_a_preview_says_what_would_happen_and_keeps_nothing() -> None:
    preview = read_paper(table(person(), person(), person(""), person("Cy")), SLUG)
    assert preview.added == 2
    assert [one["name"] for one in preview.first] == ["Ada Okafor", "Cy"]
    assert [(one.number, one.reason) for one in preview.duplicate] == [
        (3, "it is the same as line 2")
    ]
    assert [(one.number, one.reason) for one in preview.refused] == [(4, "name: it is missing")]
    assert rows("SELECT FROM paper_batch UNION ALL SELECT FROM paper_signature") == []
    assert displayed() == 0


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("confirmed", "signed online with this address"),
        ("excluded", "signed online with this address, and was excluded there"),
    ],
)
def test_who_has_signed_online_is_a_duplicate(state: str, reason: str) -> None:
    put(state=state, run="ada", domain="outlook.com")
    report = put_paper(person(email="ADA.1+paper@Outlook.com"), person("Bo"))
    assert [(one.number, one.reason) for one in report.duplicate] == [(2, reason)]
    assert kept() == [("Bo", "counted")]
    assert displayed() == 1 + (state == "confirmed")


def test_who_has_not_confirmed_counts_on_paper_until_they_do(client: FlaskClient) -> None:
    client.post(f"/campaigns/{SLUG}/sign", data=form())
    report = put_paper(person("Zoë", "zoe@example.org"))
    assert (report.added, report.duplicate, report.refused) == (1, [], [])
    assert (standing(SLUG).pending, standing(SLUG).paper, displayed()) == (1, 1, 1)
    confirm(confirm_token())
    assert kept() == [("Zoë", "superseded")]
    assert (standing(SLUG).confirmed, standing(SLUG).paper, displayed()) == (1, 0, 1)


@pytest.mark.parametrize("state", ["withdrawn", "erased"])
def test_whose_wish_it_was_not_to_be_counted_is_refused(state: str) -> None:
    put(state=state, run="ada")
    report = put_paper(person("Ada", "ada.1@example.org", comment="Please"), person("Bo"))
    assert [(one.number, one.reason, one.cells) for one in report.refused] == [
        (2, "has asked not to be counted",
         ("Ada", "N1 9GU", "GB", "2026-03-01", "Please", "ada.1@example.org"))
    ]  # fmt: skip
    assert kept() == [("Bo", "counted")]


def test_one_address_counts_once_in_a_file_and_over_all_batches() -> None:
    first = put_paper(person("Ada", "ada@example.org"), person("A. Okafor", "ADA@example.org"))
    assert [one.reason for one in first.duplicate] == ["this address is on line 2 already"]
    second = put_paper(person("Ada O.", "ada@example.org"), person("Bo"), batch="Station")
    assert [one.reason for one in second.duplicate] == [
        "this address is on paper already, in the batch “Market”"
    ]
    assert kept() == [("Ada", "counted"), ("Bo", "counted")]


def test_without_an_address_the_same_line_counts_once() -> None:
    put_paper(person("ZOË Nguyễn"), person("Bo Lind", "bo@example.org"))
    again = put_paper(
        person("Zoë NGUYỄN"),
        person("Bo Lind"),
        person("Bo Lind", "another@example.org"),
        person("Bo Lind", comment="With a comment"),
        person("Bo Lind", comment="With a comment"),
        batch="Station",
    )
    assert [(one.number, one.reason) for one in again.duplicate] == [
        (2, "the same line is in the batch “Market” already"),
        (3, "the same line is in the batch “Market” already"),
        (6, "it is the same as line 5"),
    ]
    assert again.added == 2


def test_another_campaign_has_its_own_paper() -> None:
    make_campaign("other")
    put_paper(person(email="ada@example.org"))
    assert put_paper(person(email="ada@example.org"), slug="other").added == 1
    assert (standing(SLUG).paper, standing("other").paper) == (1, 1)


def test_what_is_refused_holds_nothing_else_up() -> None:
    report = put_paper(person(), "Bo,N1,,2026-03-01,,", person("Cy"))
    assert [(one.number, one.reason) for one in report.refused] == [(3, "country: it is missing")]
    assert kept() == [("Ada Okafor", "counted"), ("Cy", "counted")]


def test_the_name_of_a_batch_is_taken_once() -> None:
    put_paper(person())
    with pytest.raises(Invalid, match="There is a batch of this name already"):
        put_paper(person("Bo"), batch=" Market ")
    assert kept() == [("Ada Okafor", "counted")]


def test_a_file_that_adds_nothing_leaves_the_name_free() -> None:
    report = put_paper(person(""))
    assert (report.batch_id, report.added, len(report.refused)) == (None, 0, 1)
    assert put_paper(person()).added == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x00b", "a\u202eb"])
def test_a_batch_needs_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        put_paper(person(), batch=name)
    assert list(refused.value.fields) == ["batch"]


def test_the_sheets_say_which_text_was_signed() -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO pledge_text (campaign_id, version, markdown, html, sha256)"
            " SELECT campaign_id, 2, 'New', 'New', 'x' FROM pledge_text"
        )
    put_paper(person("Ada"), batch="Newest")
    put_paper(person("Bo"), batch="First", text_version=1)
    query = (
        "SELECT b.name, t.version FROM paper_batch b JOIN pledge_text t ON t.id = pledge_text_id"
    )
    assert rows(f"{query} ORDER BY b.id") == [("Newest", 2), ("First", 1)]
    for unknown in (0, 3, -1, 10**30):
        with pytest.raises(Invalid, match="has no version"):
            put_paper(person("Cy"), batch="None", text_version=unknown)


def test_an_unknown_campaign_has_no_paper() -> None:
    with pytest.raises(NotFound):
        read_paper(table(person()), "nothing")
    with pytest.raises(NotFound):
        put_paper(person(), slug="nothing")


def test_who_confirms_online_takes_the_place_of_their_paper(client: FlaskClient) -> None:
    put_paper(person("Zoë", "z.o.e@gmail.com"), person("Bo"))
    assert displayed() == 2
    client.post(f"/campaigns/{SLUG}/sign", data=form(email="Zoe+x@gmail.com"))
    assert (standing(SLUG).pending, displayed()) == (1, 2)
    confirm(confirm_token("Zoe+x@gmail.com"))
    assert kept() == [("Zoë", "superseded"), ("Bo", "counted")]
    stands = standing(SLUG)
    assert (stands.confirmed, stands.paper, displayed()) == (1, 1, 2)
    confirm(confirm_token("Zoe+x@gmail.com"))
    assert displayed() == 2


def test_their_number_goes_with_them(client: FlaskClient) -> None:
    put_paper(person("Zoë", "zoe@example.org"), person("Bo"))
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO delivery_number (campaign_id, number, paper_signature_id)"
            " SELECT campaign_id, 40 + line, id FROM paper_signature"
        )
    client.post(f"/campaigns/{SLUG}/sign", data=form())
    confirm(confirm_token())
    signature = value("SELECT id FROM signature")
    assert rows(
        "SELECT number, signature_id, paper_signature_id IS NULL FROM delivery_number"
        " ORDER BY number"
    ) == [(42, signature, True), (43, None, False)]


def test_what_is_withdrawn_online_does_not_bring_the_paper_back(client: FlaskClient) -> None:
    put_paper(person("Zoë", "zoe@example.org"))
    client.post(f"/campaigns/{SLUG}/sign", data=form())
    confirm(confirm_token())
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE signature SET state = 'withdrawn'")
        connection.exec_driver_sql(
            "INSERT INTO signature_change (campaign_id, old_state, new_state)"
            " SELECT id, 'confirmed', 'withdrawn' FROM campaign"
        )
    assert standing(SLUG).displayed == 0
    assert kept() == [("Zoë", "superseded")]
    again = put_paper(person("Zoë", "zoe@example.org"), batch="Again")
    assert [one.reason for one in again.refused] == ["has asked not to be counted"]


def test_an_import_is_on_record_without_anybodys_name() -> None:
    put_paper(person("Ada", "ada@example.org"), person(""), batch="Mrs Meyer's sheets")
    assert rows("SELECT action, subject, details FROM audit_event") == [
        ("paper imported", "paper:1",
         {"campaign": SLUG, "added": 1, "duplicate": 0, "refused": 1}),
    ]  # fmt: skip


def test_a_file_that_breaks_off_leaves_nothing() -> None:
    broken = table(*(person(f"Person {n}") for n in range(50))) + b'"open'
    with pytest.raises(Invalid, match="cannot be read from line 52 on"):
        import_paper(SLUG, broken, batch="Market", actor=SYSTEM)
    assert rows("SELECT FROM paper_batch UNION ALL SELECT FROM paper_signature") == []
    assert displayed() == 0
