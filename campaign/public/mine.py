"""/mine/<token>: a supporter's own signature. Looking shows, posting changes."""

from __future__ import annotations

import json

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.exceptions import BadRequest

from campaign.delivery.erasing import erase
from campaign.delivery.proving import NotProvable, handed_over, receipt
from campaign.errors import GroundswellError, Invalid
from campaign.extensions import limiter
from campaign.languages import gettext as _
from campaign.languages import language
from campaign.links import settings
from campaign.public.forms import read_form
from campaign.public.languages import to
from campaign.public.mine_showing import mail_names, notice_of, own_page, page
from campaign.public.origin import refuse_other_sites
from campaign.public.privacy import private
from campaign.signatures.choices import Choice, NothingToChoose, choose
from campaign.signatures.correcting import NotCorrectable, correct, read_details
from campaign.signatures.models_own import DETAILS
from campaign.signatures.own import id_of, own_signature
from campaign.signatures.withdrawing import NotCounted, NothingHeld, withdraw

pages = Blueprint("mine", __name__, url_prefix="/mine/<token:token>")

_OFTEN = "120 per minute"
# Nobody has as many corrections to make; each is kept.
_SELDOM = "30 per minute; 120 per hour"


@pages.get("")
def show(token: str) -> Response:
    signature = own_signature(id_of(token))
    notice = notice_of(request.args.get("done", ""), signature)
    return own_page(token, signature, notice=notice)


@pages.get("/data")
@limiter.limit(_OFTEN)
def read_data(token: str) -> Response:
    signature = own_signature(id_of(token))
    return page("public/mine_data.html", token, signature, mail_names=mail_names())


@pages.get("/data.json")
@limiter.limit(_OFTEN)
def data(token: str) -> Response:
    signature = own_signature(id_of(token))
    deliveries = [one.as_data() for one in handed_over(signature.id)]
    found = {**signature.as_data(), "deliveries": deliveries}
    text = json.dumps(found, ensure_ascii=False, indent=2)
    return _download(text.encode(), f"my-signature-{signature.slug}.json")


@pages.get("/receipts/<int:number>.json")
@limiter.limit(_OFTEN)
def download_receipt(token: str, number: int) -> Response:
    found = receipt(id_of(token), number)
    return _download(found.data, f"receipt-{found.slug}-{number}.json")


@pages.post("/updates")
@limiter.limit(_OFTEN)
def set_updates(token: str) -> Response:
    return _choose(token, "updates")


@pages.post("/public")
@limiter.limit(_OFTEN)
def set_public(token: str) -> Response:
    return _choose(token, "public")


@pages.post("/correct")
@limiter.limit(_SELDOM)
def correct_it(token: str) -> Response:
    refuse_other_sites()
    id_ = id_of(token)
    fields = read_form(DETAILS)
    try:
        correct(id_, read_details(fields))
    except Invalid as invalid:
        typed = {name: value.replace("\x00", "") for name, value in fields.items()}
        answer = own_page(token, own_signature(id_), typed=typed, errors=invalid.fields)
        answer.status_code = 400
        return answer
    return _back(token, "corrected")


@pages.post("/withdraw")
@limiter.limit(_OFTEN)
def withdraw_it(token: str) -> Response:
    refuse_other_sites()
    withdraw(id_of(token), language=language())
    return _back(token, "withdrawn")


@pages.get("/erase")
def ask_to_erase(token: str) -> Response:
    signature = own_signature(id_of(token))
    if signature.state == "erased" or signature.anonymised_at:
        return _back(token, "erased")
    return page("public/mine_erase.html", token, signature, site=settings())


@pages.post("/erase")
@limiter.limit(_OFTEN)
def erase_it(token: str) -> Response:
    refuse_other_sites()
    erase(id_of(token))
    return _back(token, "erased")


@pages.errorhandler(NotProvable)
@pages.errorhandler(NotCounted)
@pages.errorhandler(NothingHeld)
@pages.errorhandler(NothingToChoose)
@pages.errorhandler(NotCorrectable)
def not_possible(error: GroundswellError) -> Response:
    """Say why, as the act does, and lead back to the page, which shows how things stand."""
    offered = ("text/html", "application/json")
    if request.accept_mimetypes.best_match(offered, "text/html") == "application/json":
        answer = make_response(jsonify(error=str(error), status=error.status), error.status)
        return private(answer)
    token = (request.view_args or {})["token"]
    html = render_template(
        "public/message.html",
        heading=_("That is not possible"),
        body=str(error),
        link={"href": to(f"/mine/{token}"), "text": _("Back to your signature")},
    )
    return private(make_response(html, error.status))


def _choose(token: str, choice: Choice) -> Response:
    refuse_other_sites()
    wanted = request.form.get("wanted")
    if wanted not in ("y", "n"):
        raise BadRequest(_("Say in the field “wanted” whether you want it: y or n."))
    choose(id_of(token), choice, wanted=wanted == "y", language=language())
    return _back(token, f"{choice}-{'on' if wanted == 'y' else 'off'}")


def _back(token: str, done: str) -> Response:
    return private(make_response(redirect(to(f"/mine/{token}?done={done}"), 303)))


def _download(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.content_type = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return private(response)
