"""A mail whose link was revoked while it was under way is not tried again."""

from __future__ import annotations

from flask import Flask

from campaign.delivery import offices
from campaign.mail.sending import send_due
from tests.delivery.handing import ADMIN, handed_over
from tests.delivery.making import MAYOR, change
from tests.support.making import rows
from tests.support.smtp import Office


def test_a_mail_put_back_after_its_link_was_revoked_does_not_leave(
    app: Flask, office: Office
) -> None:
    handed_over(1)
    # A worker is at it, so that it cannot be recalled; then the server answers 4xx.
    change("UPDATE outgoing_mail SET state = 'sending'")
    offices.revoke(MAYOR, actor=ADMIN)
    change("UPDATE outgoing_mail SET state = 'queued'")
    assert send_due().failed == 1
    assert office.accepted == []
    assert rows("SELECT state, error FROM outgoing_mail") == [
        ("failed", "not sent: the link of the office was revoked before")
    ]
