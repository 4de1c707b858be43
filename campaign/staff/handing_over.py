"""Handing a delivery over; the page of the delivery tells what became of it."""

from __future__ import annotations

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from campaign.delivery import answering, mailing, offices
from campaign.delivery.errors import CannotWrite
from campaign.delivery.fetching import Damaged
from campaign.delivery.keeping import NotNow
from campaign.delivery.sending import send_delivery
from campaign.delivery.tracing import trace
from campaign.staff.deliveries import ONE, to_delivery
from campaign.staff.doors import ADMIN, actor, door

pages = Blueprint("handing_over", __name__)


@pages.post(f"{ONE}/send")
@door(ADMIN)
def send(slug: str, number: int) -> Response:
    try:
        left = request.form.get("left", type=int)
        sent_as = send_delivery(slug, number, actor=actor(), left=left)
    except (NotNow, Damaged, CannotWrite) as problem:
        flash(str(problem), "error")
    else:
        how = "The package goes along." if sent_as == "attachment" else "It has a link to it."
        flash(f"The mail to the office is on its way. {how}", "success")
    return to_delivery(slug, number)


@pages.post(f"{ONE}/revoke")
@door(ADMIN)
def revoke(slug: str, number: int) -> Response:
    ended = offices.revoke(trace(slug, number).official, actor=actor())
    flash(f"{ended} {'link' if ended == 1 else 'links'} to the page of the office ended.")
    return to_delivery(slug, number)


@pages.post(f"{ONE}/mailings/<int:mailing_id>/stop")
@door(ADMIN)
def stop(slug: str, number: int, mailing_id: int) -> Response:
    if mailing.stop_mailing(slug, number, mailing_id, actor=actor()):
        flash("Stopped. What had left before is sent; nobody else is told.", "success")
    else:
        flash("It had ended already.")
    return to_delivery(slug, number)


@pages.post(f"{ONE}/answers/<int:answer>/hide")
@door(ADMIN)
def hide(slug: str, number: int, answer: int) -> Response:
    answering.hide_answer(slug, number, answer, actor=actor())
    flash("The answer is off the public pages, and its mails are stopped.", "success")
    return to_delivery(slug, number)


@pages.post(f"{ONE}/answers/<int:answer>/show")
@door(ADMIN)
def show(slug: str, number: int, answer: int) -> Response:
    answering.show_answer(slug, number, answer, actor=actor())
    flash("The answer is on the public pages again.", "success")
    return to_delivery(slug, number)
