"""The page of an official's office: fetch, acknowledge and answer. Entered by a mailed link.

There is no session: the address of each page holds the token. Looking changes nothing, because
mail scanners follow links; whatever does something is a post, from our own page only.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template

from campaign.delivery.acknowledging import MAX_NAME, acknowledge
from campaign.delivery.answering import MAX_ANSWER, Draft, publish_answer, read_answer
from campaign.delivery.fetching import Damaged
from campaign.delivery.handed import handed, handed_to
from campaign.delivery.handing_out import fetch_for_office
from campaign.delivery.keeping import NotNow
from campaign.delivery.offices import OFFICE_DAYS, ask_link, enter
from campaign.errors import GroundswellError, Invalid, LinkExpired
from campaign.extensions import limiter
from campaign.languages import gettext as _
from campaign.public.files import send
from campaign.public.forms import read_form
from campaign.public.languages import to
from campaign.public.origin import refuse_other_sites
from campaign.public.privacy import private

pages = Blueprint("office", __name__)

ONE = "/office/<token:token>/<slug:slug>/<int:number>"
FIELDS = ("answer", "name", "role", "step")


@pages.get("/office")
def ask() -> Response:
    return _ask({}, {})


@pages.post("/office")
@limiter.limit("20 per hour")
def ask_for_link() -> Response:
    refuse_other_sites()
    fields = read_form(("email",))
    try:
        ask_link(fields["email"])
    except Invalid as invalid:
        return _ask(fields, invalid.fields, 400)
    return private(make_response(redirect(to("/office/asked"), 303)))


@pages.get("/office/asked")
def asked() -> Response:
    return private(make_response(render_template("public/office_asked.html", days=OFFICE_DAYS)))


@pages.get("/office/<token:token>")
def office(token: str) -> Response:
    found = enter(token)
    html = render_template(
        "public/office.html", office=found, token=token, deliveries=handed_to(found)
    )
    return private(make_response(html))


@pages.get(ONE)
def delivery(token: str, slug: str, number: int) -> Response:
    return _delivery(token, slug, number, {}, {})


@pages.post(f"{ONE}/package")
@limiter.limit("120 per hour")
def package(token: str, slug: str, number: int) -> Response:
    refuse_other_sites()
    return private(send(fetch_for_office(token, slug, number)))


@pages.post(f"{ONE}/acknowledge")
@limiter.limit("60 per hour")
def acknowledge_delivery(token: str, slug: str, number: int) -> Response:
    refuse_other_sites()
    fields = read_form(("name", "role"))
    try:
        acknowledge(token, slug, number, fields)
    except Invalid as invalid:
        return _delivery(token, slug, number, fields, invalid.fields, 400)
    return _back(token, slug, number)


@pages.get(f"{ONE}/answer")
def answer_form(token: str, slug: str, number: int) -> Response:
    return _answer(token, slug, number, {}, {})


@pages.post(f"{ONE}/answer")
@limiter.limit("60 per hour")
def answer(token: str, slug: str, number: int) -> Response:
    refuse_other_sites()
    fields = read_form(FIELDS)
    try:
        draft = read_answer(fields)
        if fields["step"] == "publish":
            publish_answer(token, slug, number, fields)
            return _back(token, slug, number)
    except Invalid as invalid:
        return _answer(token, slug, number, fields, invalid.fields, 400)
    if fields["step"] == "change":
        return _answer(token, slug, number, fields, {})
    return _answer(token, slug, number, fields, {}, draft=draft)


def _back(token: str, slug: str, number: int) -> Response:
    return private(make_response(redirect(to(f"/office/{token}/{slug}/{number}"), 303)))


def _delivery(*about: Any) -> Response:
    return _page("public/office_delivery.html", *about)


def _answer(*about: Any, draft: Draft | None = None) -> Response:
    return _page("public/office_answer.html", *about, draft=draft)


def _page(
    template: str,
    token: str,
    slug: str,
    number: int,
    fields: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
    **context: Any,
) -> Response:
    found = enter(token)
    html = render_template(
        template,
        office=found,
        token=token,
        one=handed(found, slug, number),
        values={name: value.replace("\x00", "") for name, value in fields.items()},
        errors=errors,
        most={"name": MAX_NAME, "answer": MAX_ANSWER},
        **context,
    )
    return private(make_response(html, status))


def _ask(fields: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    html = render_template("public/office_ask.html", values=fields, errors=errors, days=OFFICE_DAYS)
    return private(make_response(html, status))


@pages.errorhandler(LinkExpired)
def expired(error: LinkExpired) -> Response:
    html = render_template(
        "public/office_ask.html", values={}, errors={}, days=OFFICE_DAYS, expired=True
    )
    return private(make_response(html, LinkExpired.status))


@pages.errorhandler(NotNow)
@pages.errorhandler(Damaged)
def not_now(error: GroundswellError) -> Response:
    html = render_template(
        "public/message.html", heading=_("That cannot be done now"), body=str(error), link=None
    )
    return private(make_response(html, error.status))
