"""Answering: what an office writes to those who signed is published and mailed to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text

from campaign import jobs
from campaign.accounts.audit import Actor, record
from campaign.accounts.mailing import tell_admins
from campaign.delivery.acknowledging import lock_delivery, note_acknowledged, who
from campaign.delivery.keeping import NotNow
from campaign.delivery.mailing import end_mailings
from campaign.delivery.offices import enter
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.languages import gettext as _
from campaign.languages import local_number
from campaign.signatures.pledge import plain_text

MAX_ANSWER = 5_000
MOST_ANSWERS = 3  # Each is a mail to everybody who asked for updates.

_WRITTEN = text("SELECT text, written_by FROM office_answer WHERE delivery_id = :delivery")
_PUT = text(
    """
    INSERT INTO office_answer (delivery_id, text, written_by) VALUES (:delivery, :text, :by)
    RETURNING id
    """
)
_TELL = text(
    """
    INSERT INTO supporter_mailing (kind, delivery_id, answer_id)
    VALUES ('answered', :delivery, :answer)
    """
)
_HIDE = text(
    """
    UPDATE office_answer a SET hidden_at = CASE WHEN CAST(:hide AS boolean) THEN now() END,
        hidden_by = CASE WHEN CAST(:hide AS boolean) THEN CAST(:by AS text) END
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id
    WHERE a.id = :answer AND d.id = a.delivery_id AND c.slug = :slug AND d.number = :number
    RETURNING a.id
    """
)


@dataclass(frozen=True)
class Draft:
    """An answer that passed every rule, and who writes it."""

    text: str
    by: str


def read_answer(fields: Mapping[str, str]) -> Draft:
    """Check `answer`, `name` and `role`. Raises Invalid with a sentence for each wrong field."""
    wrong: dict[str, str] = {}
    words = by = ""
    try:
        words = plain_text(fields.get("answer", "")).strip()
        if not words:
            raise ValueError(_("Write your answer."))
        if len(words) > MAX_ANSWER:
            raise ValueError(_too_long(len(words)))
    except ValueError as error:
        wrong["answer"] = str(error)
    try:
        by = who(fields)
    except Invalid as invalid:
        wrong |= invalid.fields
    if wrong:
        raise Invalid(wrong)
    return Draft(words, by)


def _too_long(length: int) -> str:
    return str(
        _(
            "Your answer has %(length)s characters; it can have at most %(most)s.",
            length=local_number(length),
            most=local_number(MAX_ANSWER),
        )
    )


def publish_answer(token: str, slug: str, number: int, fields: Mapping[str, str]) -> bool:
    """Publish an answer to a delivery, and have it mailed to its supporters who want updates.

    Whoever answers has received it, so that is acknowledged as well. The same answer again is
    taken for the same one: returns whether it was new. Raises NotFound, LinkExpired, Invalid by
    field, NotNow when there are enough.
    """
    office, draft = enter(token), read_answer(fields)
    with db.engine.begin() as connection:
        delivery = lock_delivery(connection, office, slug, number)
        written = connection.execute(_WRITTEN, {"delivery": delivery.id}).all()
        if (draft.text, draft.by) in [tuple(row) for row in written]:
            return False
        if len(written) >= MOST_ANSWERS:
            raise NotNow(
                _(
                    "This delivery has %(most)s answers already, which is the most.",
                    most=MOST_ANSWERS,
                )
            )
        values = {"delivery": delivery.id, "text": draft.text, "by": draft.by}
        answer = connection.execute(_PUT, values).scalar_one()
        connection.execute(_TELL, {"delivery": delivery.id, "answer": answer})
        tell_admins(
            connection,
            f"An answer to delivery {number} of {delivery.title}",
            f"The office of {office.name}, {office.title}, has answered those who signed"
            f" “{delivery.title}”. The answer is published, and mailed to those of them who asked"
            f" for updates. You can hide it and stop its mails.\n\n{draft.text}\n\n{draft.by}",
            f"/staff/campaigns/{slug}/deliveries",
        )
        if delivery.state == "sent":
            note_acknowledged(connection, office, delivery, draft.by)
        subject = f"delivery:{slug}/{number}"
        record(connection, office.actor, "answer published", subject, {"answer": answer})
    jobs.ring(jobs.MAIL_SUPPORTERS)
    jobs.ring(jobs.SEND_MAIL)
    return True


def hide_answer(slug: str, number: int, answer: int, *, actor: Actor) -> None:
    """Take an answer off the public pages, and stop its mails for good. Raises NotFound."""
    _show(slug, number, answer, actor, hide=True)


def show_answer(slug: str, number: int, answer: int, *, actor: Actor) -> None:
    """Put an answer on the public pages again. Mails that were stopped stay so. Raises NotFound."""
    _show(slug, number, answer, actor, hide=False)


def _show(slug: str, number: int, answer: int, actor: Actor, *, hide: bool) -> None:
    values = {"slug": slug, "number": number, "answer": answer, "by": actor.name, "hide": hide}
    with db.engine.begin() as connection:
        if connection.execute(_HIDE, values).one_or_none() is None:
            raise NotFound
        if hide:
            end_mailings(connection, "answer_id", answer)
        what = "answer hidden" if hide else "answer shown"
        record(connection, actor, what, f"delivery:{slug}/{number}", {"answer": answer})
