"""Hands deliveries over, and reads what reaches offices and supporters."""

from __future__ import annotations

import re
from email.message import EmailMessage

from campaign.accounts.audit import Actor
from campaign.delivery.due import compile_due
from campaign.delivery.mailing import run_batch
from campaign.delivery.requesting import request_delivery
from campaign.delivery.sending import send_delivery
from campaign.delivery.wishing import Wish
from campaign.mail.sending import send_due
from tests.delivery.making import MAYOR, SLUG, change, petition, sign
from tests.support.making import rows, value
from tests.support.smtp import Office

# How far each mailing is.
MAILING = "SELECT state, mailed, after_number FROM supporter_mailing ORDER BY id"
ADMIN = Actor("admin@example.org")
# The addresses of the officials of `petition`.
TO_MAYOR, TO_MINISTER = "mayor@harrowbay.example", "minister@example.org"


def supporters(count: int, *, updates: bool = True) -> list[str]:
    """So many people who have signed; returns their addresses, in the order of their numbers."""
    ids = [sign(f"Person {number}") for number in range(count)]
    if updates:
        change("UPDATE signature SET updates = true WHERE id = ANY(:ids)", ids=ids)
    found = rows("SELECT email FROM signature WHERE id = ANY(:ids) ORDER BY id", ids=ids)
    return [email for (email,) in found]


def ready(official: str = MAYOR, *, everything: bool = False) -> int:
    """A package that is ready to be sent. Returns its number."""
    number = request_delivery(SLUG, Wish(official, everything), actor=ADMIN)
    compile_due()
    assert value("SELECT state FROM delivery WHERE number = :n", n=number) == "ready"
    return number


def sent(official: str = MAYOR, *, everything: bool = False) -> int:
    """A delivery that was sent, its mail still in the outbox."""
    number = ready(official, everything=everything)
    send_delivery(SLUG, number, actor=ADMIN)
    return number


def handed_over(count: int = 3) -> int:
    """A petition with supporters, delivered to its mayor. Returns the number of the delivery."""
    petition()
    supporters(count)
    return sent()


def post_all() -> None:
    """Do what the workers do until nothing is left to do."""
    while send_due().claimed or run_batch():
        pass


def mails_to(office: Office, address: str) -> list[EmailMessage]:
    return [mail for mail in office.accepted if mail["To"] == address]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def path_in(mail: EmailMessage, page: str) -> str:
    """The path of the link to `page` (`office`, `mine`, `unsubscribe`) in a mail."""
    found = re.search(rf"http://127\.0\.0\.1:8000(/{page}/\S+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def audit(subject: str) -> list[tuple[str, str]]:
    """What the record says was done with a subject, and by whom."""
    query = "SELECT action, actor FROM audit_event WHERE subject = :s ORDER BY number"
    return [(action, actor) for action, actor in rows(query, s=subject)]


def told() -> list[tuple[str, int]]:
    """Whom the outbox has mails of mailings to, with which number."""
    query = "SELECT recipient, number FROM outgoing_mail WHERE mailing_id IS NOT NULL ORDER BY id"
    return [(recipient, number) for recipient, number in rows(query)]
