"""The page of an office: looking changes nothing, posting does, and links end."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.accounts.adding import add_account
from campaign.delivery import encrypting, offices
from campaign.delivery.answering import hide_answer
from campaign.delivery.discarding import discard_old_packages
from campaign.delivery.settling import packages
from campaign.links import make_token
from campaign.mail.sending import send_due
from tests.delivery.handing import (
    ADMIN,
    TO_MAYOR,
    TO_MINISTER,
    audit,
    handed_over,
    mails_to,
    path_in,
    sent,
    text_of,
)
from tests.delivery.making import MAYOR, MINISTER, SLUG, change
from tests.support.making import rows, value
from tests.support.smtp import Office

ONE = f"/{SLUG}/1"
WHO = {"name": "Rahel Osei", "role": "Clerk"}
ANSWER = {"answer": "Thank you.\n\nWe will <b>act</b> by May.", **WHO}
PUBLISH = {**ANSWER, "step": "publish"}
ALL_ROWS = (
    "SELECT (SELECT json_agg(d ORDER BY id) FROM delivery d)::text,"
    " (SELECT json_agg(l ORDER BY id) FROM office_link l)::text,"
    " (SELECT count(*) FROM office_answer), (SELECT count(*) FROM audit_event),"
    " (SELECT count(*) FROM outgoing_mail), (SELECT count(*) FROM supporter_mailing)"
)


@pytest.fixture
def page(app: Flask, office: Office) -> str:
    """The page of the mayor's office, which has got delivery 1 of three signatures."""
    handed_over()
    send_due()
    return path_in(mails_to(office, TO_MAYOR)[0], "office")


def test_the_page_shows_what_was_delivered_and_to_whom(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    for words in ("Ada Okafor", "Night buses for everyone", "3 signatures"):
        assert words in answer.text
    one = client.get(page + ONE).text
    for words in (value("SELECT sha256 FROM delivery"), "Download the package", "Your role"):
        assert words in one


def test_looking_changes_nothing_however_often(app: Flask, client: FlaskClient, page: str) -> None:
    before = rows(ALL_ROWS)
    for path in (page, page + ONE, f"{page}{ONE}/answer", "/office", "/office/asked"):
        for _ in range(2):
            answer = client.get(path)
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert "Set-Cookie" not in answer.headers
            assert client.head(path).status_code == 200
    assert rows(ALL_ROWS) == before
    for path in ("package", "acknowledge"):
        assert client.get(f"{page}{ONE}/{path}").status_code == 405


POSTS = ("/office", "{page}/package", "{page}/acknowledge", "{page}/answer")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_posts_from_other_sites_are_refused(
    client: FlaskClient, page: str, path: str, headers: dict[str, str]
) -> None:
    before = rows(ALL_ROWS)
    fields = {**PUBLISH, "email": TO_MAYOR}
    answer = client.post(path.format(page=page + ONE), data=fields, headers=headers)
    assert answer.status_code == 403
    assert rows(ALL_ROWS) == before


def test_a_package_is_fetched_on_record(client: FlaskClient, page: str) -> None:
    answer = client.post(f"{page}{ONE}/package")
    assert answer.data == Path(value("SELECT file FROM delivery")).read_bytes()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{SLUG}-{MAYOR}-1.zip"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert audit(f"delivery:{SLUG}/1")[-1] == ("package downloaded", f"office:{MAYOR}")
    assert value("SELECT seen_at FROM office_link") is not None


def test_a_package_that_is_not_what_it_was_is_not_handed_out(
    client: FlaskClient, page: str
) -> None:
    with Path(value("SELECT file FROM delivery")).open("ab") as file:
        file.write(b"more")
    answer = client.post(f"{page}{ONE}/package")
    assert answer.status_code == 409
    assert "SHA-256 differs" in answer.text


def test_an_acknowledgement_is_kept_once(
    app: Flask, client: FlaskClient, page: str, office: Office
) -> None:
    add_account("boss@example.org", "admin", password="a long enough password")
    answer = client.post(
        f"{page}{ONE}/acknowledge", data={"name": " Rahel  Osei ", "role": "Clerk"}
    )
    assert answer.status_code == 303
    assert answer.location == page + ONE
    state = "SELECT state, acknowledged_by, acknowledged_at FROM delivery"
    ((kept, by, at),) = rows(state)
    assert (kept, by) == ("acknowledged", "Rahel Osei, Clerk")
    assert client.post(f"{page}{ONE}/acknowledge", data={"name": "Else"}).status_code == 303
    assert rows(state) == [(kept, by, at)]
    assert "Rahel Osei, Clerk" in client.get(page + ONE).text
    assert audit(f"delivery:{SLUG}/1")[-1] == ("delivery acknowledged", f"office:{MAYOR}")
    send_due()
    (mail,) = mails_to(office, "boss@example.org")
    assert "has acknowledged delivery 1" in text_of(mail)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "A\u202eB"}, "name"),
        ({"name": "A\0B"}, "name"),
        ({"name": "Ada", "role": "r" * 121}, "role"),
    ],
)
def test_a_wrong_name_is_told_and_loses_nothing(
    client: FlaskClient, page: str, fields: dict[str, str], field: str
) -> None:
    answer = client.post(f"{page}{ONE}/acknowledge", data=fields)
    assert answer.status_code == 400
    assert f'id="error-{field}"' in answer.text
    assert value("SELECT state FROM delivery") == "sent"


def test_an_answer_is_seen_before_it_is_published(
    app: Flask, client: FlaskClient, page: str, office: Office
) -> None:
    path = f"{page}{ONE}/answer"
    before = rows(ALL_ROWS)
    shown = client.post(path, data=ANSWER)
    assert shown.status_code == 200
    assert "We will &lt;b&gt;act&lt;/b&gt; by May." in shown.text
    assert "Publish and mail it" in shown.text
    again = client.post(path, data={**ANSWER, "step": "change"}).text
    assert "We will &lt;b&gt;act&lt;/b&gt; by May.</textarea>" in again
    assert rows(ALL_ROWS) == before
    assert client.post(path, data=PUBLISH).location == page + ONE
    assert client.post(path, data=PUBLISH).status_code == 303
    assert rows("SELECT text, written_by FROM office_answer") == [
        (ANSWER["answer"], "Rahel Osei, Clerk")
    ]
    assert value("SELECT state FROM delivery") == "acknowledged"
    assert len(rows("SELECT FROM supporter_mailing WHERE kind = 'answered'")) == 1
    app.extensions["groundswell.pages"].forget()
    for public in (f"/campaigns/{SLUG}", f"/campaigns/{SLUG}/deliveries"):
        found = client.get(public).text
        assert "We will &lt;b&gt;act&lt;/b&gt; by May." in found
        assert "Rahel Osei, Clerk" in found
    hide_answer(SLUG, 1, value("SELECT id FROM office_answer"), actor=ADMIN)
    app.extensions["groundswell.pages"].forget()
    for public in (f"/campaigns/{SLUG}", f"/campaigns/{SLUG}/deliveries"):
        assert "We will" not in client.get(public).text
    assert "taken this answer off" in client.get(page + ONE).text


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": ""},
        {"answer": " \n "},
        {"answer": "x" * 5_001},
        {"answer": "a\u202eb"},
        {"answer": "a\0b"},
        {"answer": "a" + "\u0301" * 30},
        {"name": ""},
    ],
)
@pytest.mark.parametrize("step", ["", "publish", "change"])
def test_a_wrong_answer_is_told_and_kept_in_the_form(
    client: FlaskClient, page: str, changes: dict[str, str], step: str
) -> None:
    fields = {**ANSWER, **changes, "step": step}
    answer = client.post(f"{page}{ONE}/answer", data=fields)
    assert answer.status_code == 400
    (field,) = changes
    assert f'id="error-{field}"' in answer.text
    assert 'value="Clerk"' in answer.text
    assert rows("SELECT FROM office_answer") == []


def test_an_answer_of_full_length_in_any_script_is_taken(client: FlaskClient, page: str) -> None:
    words = "長" * 4_998 + "\r\n."
    answer = client.post(f"{page}{ONE}/answer", data={**PUBLISH, "answer": words})
    assert answer.status_code == 303
    assert len(value("SELECT text FROM office_answer")) == 5_000


def test_supporters_are_not_flooded_with_answers(client: FlaskClient, page: str) -> None:
    path = f"{page}{ONE}/answer"
    for number in range(3):
        assert client.post(path, data={**PUBLISH, "answer": f"No {number}"}).status_code == 303
    refused = client.post(path, data={**PUBLISH, "answer": "No 4"})
    assert refused.status_code == 409
    assert "3 answers already" in refused.text


def new_address() -> None:
    from campaign.accounts.audit import SYSTEM
    from campaign.campaigns.officials import save_official

    values = {
        "name": "Ada Okafor",
        "title": "Mayor",
        "body": "City of Harrow Bay",
        "email": "new@harrowbay.example",
    }
    revision = value("SELECT revision FROM official WHERE slug = :slug", slug=MAYOR)
    save_official(values, actor=SYSTEM, slug=MAYOR, revision=revision)


@pytest.mark.parametrize(
    "end",
    [
        lambda: offices.revoke(MAYOR, actor=ADMIN),
        new_address,
        lambda: change("UPDATE office_link SET expires_at = now()"),
    ],
    ids=["revoked", "another address", "too old"],
)
def test_a_link_that_has_ended_shows_and_does_nothing(
    client: FlaskClient, page: str, end: Callable[[], object]
) -> None:
    end()
    before = rows(ALL_ROWS)
    for path in (page, page + ONE, f"{page}{ONE}/answer"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert 'action="/office"' in answer.text
        assert "Ada" not in answer.text
    for path in ("package", "acknowledge", "answer"):
        assert client.post(f"{page}{ONE}/{path}", data=PUBLISH).status_code == 410
    assert rows(ALL_ROWS) == before


def test_a_link_opens_nothing_of_another_office(client: FlaskClient, page: str) -> None:
    sent(MINISTER)
    assert "delivery 2" not in client.get(page).text
    other = f"{page}/{SLUG}/2"
    assert client.get(other).status_code == 404
    for path in ("package", "acknowledge", "answer"):
        assert client.post(f"{other}/{path}", data=PUBLISH).status_code == 404
    assert value("SELECT state FROM delivery WHERE number = 2") == "sent"


def forged(token: str) -> str:
    """The same token with another signature: its last letter may carry bits nobody reads."""
    return token[:-2] + ("B" if token[-2] == "A" else "A") + token[-1]


@pytest.mark.parametrize(
    "token",
    [
        "abcdefghijklmnop",
        "1.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb",
        lambda: make_token("confirm", 1),
        lambda: make_token("mine", 1),
        lambda: make_token("office", 99),
        lambda: forged(make_token("office", 1)),
    ],
)
def test_other_tokens_open_nothing(
    client: FlaskClient, page: str, token: str | Callable[[], str]
) -> None:
    there = f"/office/{token if isinstance(token, str) else token()}"
    assert client.get(there).status_code == 404
    for path in ("package", "acknowledge", "answer"):
        assert client.post(f"{there}{ONE}/{path}", data=PUBLISH).status_code == 404


@pytest.mark.parametrize("end", [f"/{SLUG}/{'9' * 30}", f"/{SLUG}/999", "/none/1", f"/{SLUG}/1x"])
def test_what_was_not_delivered_is_not_found(client: FlaskClient, page: str, end: str) -> None:
    assert client.get(page + end).status_code == 404


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/plain"])
def test_only_forms_are_read(client: FlaskClient, page: str, kind: str) -> None:
    answer = client.post(f"{page}{ONE}/acknowledge", data=b"{}", content_type=kind)
    assert answer.status_code == 415


# Asking for a new link.


def ask(client: FlaskClient, email: str) -> tuple[object, ...]:
    answer = client.post("/office", data={"email": email})
    headers = [(k, v) for k, v in answer.headers.items() if k != "Date"]
    return answer.status_code, headers, answer.data


def test_the_answer_is_the_same_whether_an_address_is_known_or_not(
    app: Flask, client: FlaskClient, page: str, office: Office
) -> None:
    office.accepted.clear()
    known, unknown = ask(client, TO_MAYOR.upper()), ask(client, "nobody@example.org")
    assert known == unknown == ask(client, TO_MINISTER)  # Addressed, but nothing was sent yet.
    assert known[0] == 303
    send_due()
    (mail,) = [mail for mail in office.accepted if "new link" in mail["Subject"]]
    assert mail["To"] == TO_MAYOR
    assert client.get(path_in(mail, "office")).status_code == 200
    assert audit(f"official:{MAYOR}") == [("office link mailed", "system")]
    assert audit(f"official:{MINISTER}") == []


def test_three_links_an_hour_are_sent_to_one_office(
    app: Flask, client: FlaskClient, page: str
) -> None:
    answers = [ask(client, TO_MAYOR) for _ in range(6)]
    assert len({repr(answer) for answer in answers}) == 1
    assert value("SELECT count(*) FROM office_link") == offices.MOST_LINKS_AN_HOUR
    change("UPDATE office_link SET created_at = created_at - interval '61 minutes'")
    ask(client, TO_MAYOR)
    assert value("SELECT count(*) FROM office_link") == offices.MOST_LINKS_AN_HOUR + 1


@pytest.mark.parametrize("email", ["", "x", "a@b@c", "a@example.org\0", "a@example.org, b@c.org"])
def test_what_is_no_address_is_told(client: FlaskClient, page: str, email: str) -> None:
    answer = client.post("/office", data={"email": email})
    assert answer.status_code == 400
    assert 'id="error-email"' in answer.text


def test_links_and_forms_of_the_pages_lead_to_pages(client: FlaskClient, page: str) -> None:
    for start in (page, page + ONE, f"{page}{ONE}/answer"):
        for link in re.findall(r'href="(/(?!static)[^"#]*)', client.get(start).text):
            assert client.get(link).status_code == 200, link


def test_a_package_whose_copy_is_deleted_is_refused_in_words(
    client: FlaskClient, page: str
) -> None:
    change("UPDATE delivery SET sent_at = now() - interval '91 days'")
    assert discard_old_packages() == 1
    shown = client.get(page + ONE)
    assert "Our copy of this package was deleted" in shown.text
    assert "Download the package" not in shown.text
    answer = client.post(f"{page}{ONE}/package")
    assert answer.status_code == 409
    assert "Our copy of this package was deleted, as its time was over." in answer.text


@pytest.mark.parametrize("wanted", ["application/json", "text/html"])
def test_a_full_disk_is_told_in_words_without_our_folders(
    client: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    change(
        "UPDATE official SET age_key = :key",
        key=str(pyrage.x25519.Identity.generate().to_public()),
    )

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(encrypting.pyrage, "encrypt_file", full)
    answer = client.post(f"{page}{ONE}/package", headers={"Accept": wanted})
    assert answer.status_code == 507
    assert "Please try again later" in answer.text
    assert str(packages()) not in answer.text
    assert ".age" not in answer.text
