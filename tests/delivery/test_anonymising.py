"""After its time a campaign still counts everybody, and knows nobody."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.accounts.audit import Actor
from campaign.delivery import anonymising
from campaign.delivery.anonymising import anonymise_due
from campaign.delivery.due import compile_due
from campaign.delivery.erasing import erase
from campaign.delivery.errors import NothingNew
from campaign.delivery.lapsing import erase_lapsed
from campaign.delivery.leaves import SALT_BYTES
from campaign.delivery.making import make_due
from campaign.delivery.ordering import order_export
from campaign.delivery.requesting import request_delivery
from campaign.delivery.wishing import Wish
from campaign.errors import Invalid
from campaign.links import make_token
from campaign.mail.sending import send_due
from campaign.signatures import counting
from campaign.signatures.choices import NothingToChoose, choose
from campaign.signatures.confirming import confirm
from campaign.signatures.correcting import Details, correct
from campaign.signatures.excluding import exclude, restore
from campaign.signatures.own import path_to
from campaign.signatures.retaining import DataGone, announce, begin
from campaign.signatures.standing import standing
from campaign.signatures.withdrawing import NothingHeld, withdraw
from tests.delivery.export_making import path_of, wish
from tests.delivery.handing import handed_over, post_all
from tests.delivery.making import (
    MAYOR,
    SLUG,
    change,
    compiled,
    exported,
    petition,
    sign,
    sign_on_paper,
)
from tests.delivery.test_erasing import PERSON, TRACES, everything
from tests.support.crowd import expect_no_drift, put
from tests.support.making import form, make_campaign, rows, value
from tests.support.smtp import Office
from tests.support.staff import Staff

ADMIN = Actor("ada@example.org", "192.0.2.1")
STATES = ("pending", "confirmed", "withdrawn", "excluded")


def its_time_is_over() -> None:
    """Let the time of every campaign be over, and begin."""
    change("UPDATE campaign SET state = 'closed'")
    change("UPDATE campaign SET ended_at = now() - interval '2 years'")
    change("UPDATE delivery SET sent_at = sent_at - interval '2 years'")
    announce()
    change("UPDATE retention SET due_at = now() - interval '1 minute'")
    assert begin() > 0


def test_nothing_that_says_who_it_was_is_left_in_any_table(client: FlaskClient) -> None:
    make_campaign()
    put(2, domain="elsewhere.example", network="00" * 16, state="withdrawn")
    source = {"Referer": "http://127.0.0.1:8000/campaigns/night-buses?utm_source=harbour"}
    client.post(f"/campaigns/{SLUG}/sign", data=form(**PERSON), headers=source)
    one = value("SELECT max(id) FROM signature")
    network = value("SELECT encode(network_key, 'hex') FROM signature WHERE id = :i", i=one)
    confirm(make_token("confirm", one))
    correct(one, Details("Ottoline Q", "IS", "ZZ9 9ZY", "My cousin reads there"))
    choose(one, "updates", wanted=False)
    paper = sign_on_paper("Ottoline Quackenbush")
    send_due()
    counting.fold()
    # A country is no more than a figure, and stays.
    traces = [trace for trace in (*TRACES, network, "elsewhere") if "is" not in trace]
    assert [trace for trace in traces if trace not in everything()] == []
    its_time_is_over()
    assert anonymise_due(60) is False
    counting.fold()
    counting.drop_empty()
    after = everything()
    assert [trace for trace in traces if trace in after] == []
    held = rows(
        "SELECT state, country, anonymised_at IS NOT NULL FROM signature WHERE id=:i", i=one
    )
    assert held == [("confirmed", "IS", True)]
    assert rows("SELECT state, name FROM paper_signature WHERE id = :i", i=paper) == [
        ("counted", "")
    ]
    assert rows("SELECT FROM consent_change UNION ALL SELECT FROM signature_correction") == []


def test_every_sum_stays_as_it_was(app: Flask) -> None:
    make_campaign()
    for number, state in enumerate(STATES, start=3):
        put(number, state=state, country="IS", source="utm_source=harbour")
    sign_on_paper()
    change("INSERT INTO signature_change (campaign_id, new_state) SELECT id, 'paper' FROM campaign")
    counting.fold()
    before = standing(SLUG)
    by_country = (
        "SELECT day::text, value, confirmed FROM signature_tally WHERE dimension = 'country'"
    )
    charted = rows(f"{by_country} AND confirmed > 0 ORDER BY 1, 2")
    hours = rows("SELECT * FROM signature_hour WHERE confirmed + submitted > 0 ORDER BY 1, 2")
    its_time_is_over()
    anonymise_due(60)
    expect_no_drift()
    after = standing(SLUG)
    assert (after.displayed, after.submitted) == (before.displayed, before.submitted)
    assert (after.confirmed, after.withdrawn, after.excluded) == (4, 5, 6)
    # Who never confirmed is erased.
    assert (after.pending, after.erased) == (0, 3)
    assert rows(f"{by_country} AND confirmed > 0 ORDER BY 1, 2") == charted
    still = rows("SELECT * FROM signature_hour WHERE confirmed + submitted > 0 ORDER BY 1, 2")
    assert still == hours


def test_it_comes_in_batches_and_goes_on_where_it_was(app: Flask) -> None:
    make_campaign()
    put(anonymising.BATCH + 5)
    its_time_is_over()
    left = "SELECT count(*) FROM signature WHERE anonymised_at IS NULL"
    assert anonymise_due(-1) is True
    assert value(left) == anonymising.BATCH + 5
    assert anonymising._anonymise()
    assert value(left) == 5
    assert value("SELECT ended_at FROM retention") is None
    assert anonymise_due(60) is False
    assert value(left) == 0
    noted = "SELECT action, details ->> 'signatures' FROM audit_event ORDER BY number"
    assert rows(noted)[-2:] == [
        ("anonymising began", None),
        ("anonymising ended", str(anonymising.BATCH + 5)),
    ]
    assert announce() == 0
    expect_no_drift()


def test_a_delivery_that_got_in_at_the_last_moment_is_made_whole(app: Flask) -> None:
    petition()
    for name in ("Zoë", "Olu"):
        sign(name)
    its_time_is_over()
    change("UPDATE retention SET began_at = NULL")
    request_delivery(SLUG, Wish(MAYOR, True), actor=ADMIN)
    change("UPDATE retention SET began_at = now()")
    assert anonymise_due(60) is False
    assert value("SELECT count(*) FROM signature WHERE anonymised_at IS NULL") == 2
    change("UPDATE delivery SET state = 'cancelled'")
    anonymise_due(60)
    assert value("SELECT count(*) FROM signature WHERE anonymised_at IS NULL") == 0


def test_other_campaigns_are_left_alone(app: Flask) -> None:
    make_campaign()
    put(1)
    its_time_is_over()
    make_campaign("libraries")
    put(1, slug="libraries", name="Olu")
    anonymise_due(60)
    assert rows("SELECT name FROM signature ORDER BY name") == [("",), ("Olu",)]


def test_packages_exports_salts_and_mails_go(app: Flask, office: Office) -> None:
    handed_over(3)
    post_all()
    export = order_export(SLUG, wish(), actor=ADMIN)
    change("UPDATE export SET due_at = now(), cut_off = now()")
    make_due(60)
    files = [Path(value("SELECT file FROM delivery")), path_of(export)]
    assert all(path.exists() for path in files)
    its_time_is_over()
    anonymise_due(60)
    assert [path.exists() for path in files] == [False, False]
    assert value("SELECT state FROM export WHERE id = :i", i=export) == "expired"
    assert value("SELECT count(*) FROM outgoing_mail WHERE signature_id IS NOT NULL") == 0
    assert set(value("SELECT salts FROM delivery_leaves")) == {0}
    assert len(value("SELECT salts FROM delivery_leaves")) == 3 * SALT_BYTES
    # What was delivered stays on record, and is published as before.
    assert value("SELECT row_count FROM delivery") == 3
    page = app.test_client().get(f"/campaigns/{SLUG}/deliveries")
    assert page.status_code == 200
    assert "3" in page.text


def test_nothing_can_be_taken_out_any_more(app: Flask, tmp_path: Path) -> None:
    petition()
    sign("Zoë")
    its_time_is_over()
    with pytest.raises(DataGone):
        order_export(SLUG, wish(), actor=ADMIN)
    with pytest.raises(DataGone):
        request_delivery(SLUG, Wish(MAYOR, True), actor=ADMIN)
    with pytest.raises(NothingNew, match="is gone or going"):
        compiled(tmp_path)
    anonymise_due(60)
    assert exported(tmp_path, "csv").decode("utf-8-sig").count("\r\n") == 1


def test_what_is_signed_after_a_campaign_was_taken_up_again_is_delivered_alone(
    app: Flask, tmp_path: Path
) -> None:
    petition()
    sign("Zoë")
    its_time_is_over()
    anonymise_due(60)
    change("UPDATE campaign SET state = 'open'")
    announce()
    sign("Olu")
    table = exported(tmp_path, "csv").decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in table[1:]] == ["Olu"]
    request_delivery(SLUG, Wish(MAYOR, True), actor=ADMIN)
    compile_due()
    assert value("SELECT row_count FROM delivery WHERE state = 'ready'") == 1


def test_the_own_page_says_plainly_that_the_data_is_gone(app: Flask) -> None:
    make_campaign()
    (one,) = put(1, name="Ottoline")
    its_time_is_over()
    anonymise_due(60)
    browser = app.test_client()
    page = browser.get(path_to(one))
    assert page.status_code == 200
    assert "We hold nothing any more that says who you are" in page.text
    assert "still counts" in page.text
    assert "Withdraw" not in page.text
    data = browser.get(f"{path_to(one)}/data.json").json
    assert data
    assert data["times"]["anonymised"]
    assert data["signature"]["name"] == ""
    assert browser.get(f"{path_to(one)}/erase").status_code == 303
    answer = browser.post(f"{path_to(one)}/withdraw")
    assert answer.status_code == 409
    assert "nothing is left to take back" in answer.text


def test_nobody_can_change_what_is_nobodys_any_more(app: Flask) -> None:
    make_campaign()
    (one,) = put(1)
    its_time_is_over()
    anonymise_due(60)
    with pytest.raises(NothingToChoose):
        choose(one, "updates", wanted=True)
    with pytest.raises(NothingHeld):
        withdraw(one)
    erase(one)
    assert value("SELECT state FROM signature") == "confirmed"
    assert standing(SLUG).displayed == 1


@pytest.mark.parametrize("before", ["pending", "confirmed"])
def test_staff_decide_no_more_about_anybody(app: Flask, before: str) -> None:
    make_campaign()
    put(2, state=before)
    reason = "The same person as Ottoline Quackenbush"
    exclude(SLUG, 1, reason, actor=ADMIN)
    its_time_is_over()
    anonymise_due(60)
    counting.fold()
    assert "quackenbush" not in everything()
    states = rows("SELECT id, state FROM signature ORDER BY id")
    for decide in (exclude, restore):
        with pytest.raises(Invalid, match="is gone: it stays as it is"):
            decide(SLUG, 1, "Looked at again", actor=ADMIN)
    assert erase_lapsed(5) == 0
    assert rows("SELECT id, state FROM signature ORDER BY id") == states
    expect_no_drift()


def test_an_exclusion_that_is_under_way_comes_to_its_end_first(app: Flask) -> None:
    make_campaign()
    put(1)
    change(
        """
        INSERT INTO exclusion_job (campaign_id, condition, reason, maker, cut_off, counted, state)
        SELECT id, '{"domain": "quackenbush.example"}', 'made up', 'Ada', now(), 3, 'waiting'
        FROM campaign
        """
    )
    change("UPDATE campaign SET state = 'closed'")
    change("UPDATE campaign SET ended_at = now() - interval '2 years'")
    announce()
    change("UPDATE retention SET due_at = now() - interval '1 minute'")
    assert begin() == 0
    change("UPDATE exclusion_job SET state = 'done'")
    assert begin() == 1
    anonymise_due(60)
    assert "quackenbush" not in everything()


def test_two_workers_do_it_once(app: Flask) -> None:
    make_campaign()
    make_campaign("libraries")
    put(anonymising.BATCH + 200)
    put(300, slug="libraries", state="withdrawn")
    its_time_is_over()

    def work(_: int) -> bool:
        with app.app_context():
            return anonymise_due(60)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    # A worker that found the other at the last campaign has gone home.
    anonymise_due(60)
    assert rows("SELECT signatures FROM retention ORDER BY 1") == [(300,), (1200,)]
    assert value("SELECT count(*) FROM signature WHERE name <> ''") == 0
    assert value("SELECT count(*) FROM audit_event WHERE action = 'anonymising ended'") == 2
    expect_no_drift()


def test_what_staff_searched_by_and_were_alerted_to_goes_and_their_pages_stay(
    app: Flask, staff: Callable[[str], Staff]
) -> None:
    make_campaign()
    put(1)
    change(
        """
        INSERT INTO exclusion_job (campaign_id, condition, reason, maker, cut_off, counted, state)
        SELECT id, '{"domain": "quackenbush.example", "country": "IS"}', 'made up', 'Ada', now(),
            3, 'done' FROM campaign
        """
    )
    change(
        "INSERT INTO alert (campaign_id, kind, subject, since, signatures, usual)"
        " SELECT id, 'domain', 'quackenbush.example', now(), 9, 1 FROM campaign"
    )
    its_time_is_over()
    anonymise_due(60)
    assert "quackenbush" not in everything()
    admin = staff("admin")
    for page in ("", "/signatures", "/signatures/1", "/signatures/exclusions/1", "/deliveries"):
        assert admin.get(f"/staff/campaigns/{SLUG}{page}").status_code == 200, page
    assert "deleted" in admin.get(f"/staff/campaigns/{SLUG}/signatures/1").text
