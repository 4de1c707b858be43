"""Telling supporters: each once, each alone, whatever is killed meanwhile."""

from __future__ import annotations

import pytest
from flask import Flask

from campaign.delivery.answering import hide_answer, publish_answer
from campaign.delivery.mailing import run_batch
from campaign.links import make_token, read_token
from tests.delivery.handing import (
    ADMIN,
    MAILING,
    TO_MAYOR,
    audit,
    handed_over,
    mails_to,
    path_in,
    post_all,
    sent,
    supporters,
    text_of,
    told,
)
from tests.delivery.making import MINISTER, SLUG, change, petition
from tests.support.making import rows, value
from tests.support.smtp import Office

ANSWER = {"answer": "We will act.", "name": "Rahel Osei", "role": "Clerk"}


def answer_it(number: int = 1, **changes: str) -> None:
    link = value("SELECT max(id) FROM office_link")
    publish_answer(make_token("office", link), SLUG, number, {**ANSWER, **changes})


def test_each_is_told_their_number_and_nothing_of_anybody_else(app: Flask, office: Office) -> None:
    petition()
    people = supporters(3)
    (quiet,) = supporters(1, updates=False)
    sent()
    post_all()
    for number, person in enumerate(people, 1):
        (mail,) = mails_to(office, person)
        whole = mail.as_bytes().decode() + text_of(mail)
        assert f"You are number {number} of the signatures" in text_of(mail)
        assert "Ada Okafor" in whole
        for other in {*people, quiet, TO_MAYOR, ADMIN.name} - {person}:
            assert other not in whole
        for header in ("Cc", "Bcc", "Reply-To"):
            assert mail[header] is None
        mine = path_in(mail, "mine").rsplit("/", 1)[1]
        row = value("SELECT id FROM signature WHERE email = :e", e=person)
        assert read_token("mine", mine, valid_days=1) == row
    assert mails_to(office, quiet) == []
    assert rows(MAILING) == [("done", 3, 4)]
    # What all were told is not kept a million times.
    assert rows("SELECT DISTINCT shared::text FROM outgoing_mail WHERE mailing_id > 0") == [("{}",)]
    assert ("supporters told", "system") in audit(f"delivery:{SLUG}/1")


def test_each_is_told_of_the_campaign_in_their_language_while_it_is_translated(
    app: Flask, office: Office
) -> None:
    petition()
    people = supporters(3)
    for person, language in zip(people, ("es", "fr", "en"), strict=True):
        change("UPDATE signature SET language = :l WHERE email = :e", l=language, e=person)
    for language, title, stale in (("es", "Autobuses", False), ("fr", "Bus de nuit", True)):
        change(
            "INSERT INTO campaign_translation (campaign_id, language, title, ask, summary,"
            " picture_alt, stale) SELECT id, :language, :title, '', '', '', :stale FROM campaign",
            language=language,
            title=title,
            stale=stale,
        )
    sent()
    post_all()
    titles = ("Autobuses", "Night buses for everyone", "Night buses for everyone")
    for person, title in zip(people, titles, strict=True):
        (mail,) = mails_to(office, person)
        assert mail["Subject"].endswith(title)
        assert title in text_of(mail)


def test_nobody_is_told_before_the_office_has_been_sent_it(app: Flask, office: Office) -> None:
    handed_over()
    office.answers[TO_MAYOR] = "550 no such mailbox"
    post_all()
    assert told() == []
    assert rows(MAILING)[0][0] == "waiting"
    change("UPDATE delivery SET state = 'acknowledged', acknowledged_at = now()")
    assert run_batch()
    assert len(told()) == 3


@pytest.mark.parametrize(
    "how",
    [
        "state = 'withdrawn'",
        "state = 'excluded'",
        "state = 'erased'",
        "state = 'pending'",
        "updates = false",
    ],
)
def test_only_those_who_are_confirmed_and_asked_are_told(
    app: Flask, office: Office, how: str
) -> None:
    petition()
    people = supporters(2)
    sent()
    change(f"UPDATE signature SET {how} WHERE email = :email", email=people[0])
    post_all()
    assert told() == [(people[1], 2)]


def test_those_who_signed_after_the_delivery_are_not_told(app: Flask, office: Office) -> None:
    handed_over(2)
    supporters(2)
    post_all()
    assert [number for _, number in told()] == [1, 2]


def test_signatures_on_paper_get_no_mail(app: Flask, office: Office) -> None:
    handed_over(2)
    change(
        """
        WITH batch AS (INSERT INTO paper_batch
            (campaign_id, pledge_text_id, name, made_by, added, duplicate, refused)
            SELECT c.id, t.id, 'b', 'x', 1, 0, 0 FROM campaign c JOIN pledge_text t
            ON t.campaign_id = c.id RETURNING id, campaign_id),
        paper AS (INSERT INTO paper_signature
            (campaign_id, batch_id, line, name, postcode, country, signed_on, comment, email)
            SELECT campaign_id, id, 1, 'P', '', 'GB', current_date, '', 'paper@example.org'
            FROM batch RETURNING id, campaign_id)
        INSERT INTO delivery_number (campaign_id, number, paper_signature_id)
        SELECT campaign_id, 3, id FROM paper
        """
    )
    change("UPDATE delivery SET numbers = '{[1,4)}'")
    post_all()
    assert [number for _, number in told()] == [1, 2]
    assert rows(MAILING) == [("done", 2, 3)]


def test_an_answer_is_mailed_to_the_same_people(app: Flask, office: Office) -> None:
    petition()
    people = supporters(2)
    sent()
    post_all()
    supporters(1)
    answer_it(answer="We will <i>act</i>.\n\nSoon.")
    office.accepted.clear()
    post_all()
    found = [mail for mail in office.accepted if "answered" in mail["Subject"]]
    assert {mail["To"] for mail in found} == set(people)
    for mail in found:
        assert "We will <i>act</i>.\n\nSoon." in text_of(mail)
        html = mail.get_body(("html",))
        assert html is not None
        assert "<i>" not in html.get_content()


def test_whoever_was_told_by_an_earlier_delivery_to_one_official_is_not_told_again(
    app: Flask, office: Office
) -> None:
    petition()
    supporters(2)
    sent()
    post_all()
    supporters(1)
    sent(everything=True)
    post_all()
    assert [number for _, number in told()] == [1, 2, 3]
    sent(MINISTER)
    post_all()
    assert [number for _, number in told()][3:] == [1, 2, 3]


def test_hiding_an_answer_stops_its_mails(app: Flask, office: Office) -> None:
    handed_over(3)
    post_all()
    answer_it()
    assert run_batch()
    hide_answer(SLUG, 1, value("SELECT id FROM office_answer"), actor=ADMIN)
    office.accepted.clear()
    post_all()
    assert [mail for mail in office.accepted if "answered" in mail["Subject"]] == []
    assert rows(MAILING)[1] == ("stopped", 0, 0)
