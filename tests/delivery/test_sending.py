"""Sending a package to an office: as an attachment or by a link, encrypted when it has a key."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from flask import Flask

from campaign.accounts.audit import SYSTEM
from campaign.campaigns.officials import save_official
from campaign.campaigns.values import official_values
from campaign.delivery.fetching import Damaged
from campaign.delivery.keeping import NotNow
from campaign.delivery.sending import send_delivery
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.mail.sending import send_due
from tests.delivery.handing import (
    ADMIN,
    TO_MAYOR,
    TO_MINISTER,
    audit,
    handed_over,
    mails_to,
    path_in,
    ready,
    sent,
    supporters,
    text_of,
)
from tests.delivery.making import MAYOR, MINISTER, SLUG, change, compiled, petition
from tests.support.making import rows, value
from tests.support.smtp import Office

IDENTITY = pyrage.x25519.Identity.generate()
STATE = "SELECT state, sent_by, sent_to, sent_as FROM delivery"


@pytest.fixture
def by_link(app: Flask) -> Iterator[None]:
    """Nothing goes along with mails."""
    before = app.extensions["groundswell"]
    app.extensions["groundswell"] = replace(before, delivery_mail_mb=0)
    yield
    app.extensions["groundswell"] = replace(
        app.extensions["groundswell"], delivery_mail_mb=before.delivery_mail_mb
    )


def package() -> bytes:
    return Path(value("SELECT file FROM delivery")).read_bytes()


def give_key() -> None:
    change("UPDATE official SET age_key = :key", key=str(IDENTITY.to_public()))


def test_a_package_goes_along_unchanged(app: Flask, office: Office) -> None:
    handed_over()
    assert rows(STATE) == [("sent", ADMIN.name, TO_MAYOR, "attachment")]
    assert rows("SELECT state FROM outgoing_mail") == [("queued",)]
    assert send_due().sent == 1
    (mail,) = office.accepted
    (part,) = mail.iter_attachments()
    assert mail["To"] == TO_MAYOR
    assert part.get_content() == package()
    assert part.get_filename() == f"{SLUG}-{MAYOR}-1.zip"
    said = text_of(mail)
    assert hashlib.sha256(package()).hexdigest() in said
    assert "3 signatures" in mail["Subject"]
    assert "encrypted" not in said
    assert app.test_client().get(path_in(mail, "office")).status_code == 200
    assert audit(f"delivery:{SLUG}/1")[-1] == ("delivery sent", ADMIN.name)


def test_what_is_too_large_is_fetched_by_a_link(app: Flask, office: Office, by_link: None) -> None:
    handed_over()
    assert value("SELECT sent_as FROM delivery") == "link"
    send_due()
    (mail,) = office.accepted
    assert list(mail.iter_attachments()) == []
    page = path_in(mail, "office")
    answer = app.test_client().post(f"{page}/{SLUG}/1/package")
    assert answer.data == package()
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("size", [10_000_000, 10_000_001])
def test_the_limit_is_that_of_the_file(
    app: Flask, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition()
    supporters(1)
    ready()
    path = Path(value("SELECT file FROM delivery"))
    path.write_bytes(b"x" * size)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    change("UPDATE delivery SET sha256 = :digest", digest=digest)
    expected = "attachment" if size == 10_000_000 else "link"
    assert send_delivery(SLUG, 1, actor=ADMIN) == expected


def test_an_office_with_a_key_gets_only_what_it_alone_can_open(app: Flask, office: Office) -> None:
    petition()
    give_key()
    supporters(2)
    sent()
    send_due()
    (mail,) = office.accepted
    (part,) = mail.iter_attachments()
    assert part.get_filename() == f"{SLUG}-{MAYOR}-1.zip.age"
    assert pyrage.decrypt(part.get_content(), [IDENTITY]) == package()
    assert "only your office can open it" in text_of(mail).replace("\n", " ")
    assert hashlib.sha256(part.get_content()).hexdigest() in text_of(mail)
    fetched = app.test_client().post(f"{path_in(mail, 'office')}/{SLUG}/1/package")
    assert fetched.data == part.get_content()
    assert fetched.headers["Content-Disposition"].endswith('-1.zip.age"')


def test_another_key_means_another_file(app: Flask, office: Office) -> None:
    handed_over(1)
    give_key()
    other = pyrage.x25519.Identity.generate()
    send_delivery(SLUG, 1, actor=ADMIN)
    change("UPDATE official SET age_key = :key", key=str(other.to_public()))
    send_delivery(SLUG, 1, actor=ADMIN)
    send_due()
    plain, first, second = (next(mail.iter_attachments()) for mail in office.accepted)
    opened = pyrage.decrypt(first.get_content(), [IDENTITY])
    assert plain.get_content() == opened == pyrage.decrypt(second.get_content(), [other])
    folder = Path(value("SELECT file FROM delivery")).parent
    modes = {path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {0o600}
    assert [path for path in folder.iterdir() if path.name.endswith(".part")] == []


def test_a_mail_that_was_given_up_is_seen_and_sent_again(app: Flask, office: Office) -> None:
    handed_over()
    office.answers[TO_MAYOR] = "550 no such mailbox"
    assert send_due().failed == 1
    values = {**_official(), "email": "new@harrowbay.example"}
    save_official(values, actor=SYSTEM, slug=MAYOR, revision=_revision())
    send_delivery(SLUG, 1, actor=ADMIN)
    assert send_due().sent == 1
    assert value("SELECT sent_to FROM delivery") == "new@harrowbay.example"
    assert [action for action, _ in audit(f"delivery:{SLUG}/1")][-2:] == [
        "delivery sent",
        "delivery sent again",
    ]


def _official() -> dict[str, str]:
    from sqlalchemy.orm import Session

    with Session(db.engine) as session:
        return official_values(session, MAYOR) or {}


def _revision() -> int:
    return int(value("SELECT revision FROM official WHERE slug = :slug", slug=MAYOR))


def test_sending_again_leaves_what_was_acknowledged(app: Flask, office: Office) -> None:
    handed_over()
    change("UPDATE delivery SET state = 'acknowledged', acknowledged_at = now()")
    before = rows("SELECT state, sent_at FROM delivery")
    send_delivery(SLUG, 1, actor=ADMIN)
    assert rows("SELECT state, sent_at FROM delivery") == before
    assert len(rows("SELECT FROM outgoing_mail")) == 2
    assert len(rows("SELECT FROM supporter_mailing")) == 1


def test_a_file_that_has_gone_by_then_is_a_failed_mail_that_says_so(
    app: Flask, office: Office
) -> None:
    handed_over()
    Path(value("SELECT file FROM delivery")).unlink()
    assert send_due().failed == 1
    error = value("SELECT error FROM outgoing_mail")
    assert error == "not composed: the file to attach cannot be read: No such file or directory"
    assert office.accepted == []


def test_what_is_not_ready_whole_and_here_is_not_sent(app: Flask, tmp_path: Path) -> None:
    petition()
    supporters(2)
    with pytest.raises(NotFound):
        send_delivery(SLUG, 1, actor=ADMIN)
    ready()
    for state in ("requested", "compiling", "failed", "cancelled"):
        change("UPDATE delivery SET state = :state", state=state)
        with pytest.raises(NotNow, match=state):
            send_delivery(SLUG, 1, actor=ADMIN)
    change("UPDATE delivery SET state = 'ready'")
    with Path(value("SELECT file FROM delivery")).open("ab") as file:
        file.write(b"more")
    with pytest.raises(Damaged):
        send_delivery(SLUG, 1, actor=ADMIN)
    compiled(tmp_path, MINISTER)
    with pytest.raises(NotNow, match="command line"):
        send_delivery(SLUG, 2, actor=ADMIN)
    assert rows("SELECT FROM outgoing_mail") == []
    assert rows("SELECT FROM supporter_mailing") == []


def test_a_closed_campaign_is_delivered_when_everybody_has_theirs(
    app: Flask, office: Office
) -> None:
    petition()
    supporters(2)
    state = "SELECT state FROM campaign"
    sent(MAYOR)
    assert value(state) == "open"
    change("UPDATE campaign SET state = 'closed'")
    send_delivery(SLUG, 1, actor=ADMIN)
    assert value(state) == "closed"
    sent(MINISTER)
    assert value(state) == "delivered"
    assert ("campaign delivered", ADMIN.name) in audit(f"campaign:{SLUG}")
    assert "has been delivered" in app.test_client().get(f"/campaigns/{SLUG}").text


@pytest.mark.parametrize(
    ("how", "becomes"),
    [
        ("state = 'open'", "open"),
        ("state = 'open', closes_at = now() + interval '1 hour'", "open"),
        ("state = 'open', closes_at = now() - interval '1 hour'", "delivered"),
        ("state = 'paused'", "paused"),
    ],
)
def test_a_campaign_that_still_runs_is_never_delivered(app: Flask, how: str, becomes: str) -> None:
    petition()
    supporters(1)
    change(f"UPDATE campaign SET {how}")
    sent(MAYOR)
    sent(MINISTER)
    assert value("SELECT state FROM campaign") == becomes


def test_a_mail_to_one_office_says_nothing_of_the_other(app: Flask, office: Office) -> None:
    petition()
    people = supporters(2)
    sent(MAYOR)
    sent(MINISTER)
    send_due()
    (mail,) = mails_to(office, TO_MINISTER)
    whole = mail.as_bytes().decode() + text_of(mail)
    for address in (TO_MAYOR, ADMIN.name, *people):
        assert address not in whole
    package = next(mail.iter_attachments()).get_content()
    with zipfile.ZipFile(io.BytesIO(package)) as files:
        held = b"".join(files.read(name) for name in files.namelist())
    for address in (TO_MAYOR, TO_MINISTER, *people):
        assert address.encode() not in held
