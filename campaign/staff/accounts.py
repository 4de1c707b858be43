"""Accounts: invite, change the role, disable, end sessions."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask_security.recoverable import generate_reset_password_token
from werkzeug.wrappers import Response

from campaign.accounts import changing, listing
from campaign.accounts.adding import add_account
from campaign.accounts.audit import record_alone
from campaign.accounts.mailing import send_link
from campaign.accounts.models import Account
from campaign.accounts.sessions import end_others, sessions_of
from campaign.errors import Invalid
from campaign.links import absolute
from campaign.staff.doors import ADMIN, actor, door, me

pages = Blueprint("accounts", __name__)

LIST = "/staff/accounts"


@pages.get("/accounts")
@door(ADMIN)
def account_list() -> str:
    return render_template("staff/accounts.html", accounts=listing.accounts(), values={}, errors={})


@pages.post("/accounts")
@door(ADMIN)
def invite() -> Response | tuple[str, int]:
    form = request.form
    try:
        found = add_account(
            form.get("email", ""), form.get("role", ""), name=form.get("name", ""), actor=actor()
        )
    except Invalid as invalid:
        html = render_template(
            "staff/accounts.html",
            accounts=listing.accounts(),
            values=form,
            errors=invalid.fields,
        )
        return html, 400
    invited = listing.account(found)
    _send_invitation(invited)
    flash(f"An invitation is on its way to {invited.email}.", "success")
    return redirect(LIST, 303)


@pages.get("/accounts/<int:number>")
@door(ADMIN)
def account(number: int) -> str:
    found = listing.account(number)
    return render_template(
        "staff/account.html", account=found, sessions=sessions_of(number), myself=number == me().id
    )


@pages.post("/accounts/<int:number>/invitation")
@door(ADMIN)
def invite_again(number: int) -> Response:
    found = listing.account(number)
    if found.password is not None or not found.active:
        flash("This account has a password already, or is disabled.", "error")
        return _back(number)
    _send_invitation(found)
    record_alone(actor(), "invited again", f"account:{found.email}")
    flash(f"Another invitation is on its way to {found.email}.", "success")
    return _back(number)


@pages.post("/accounts/<int:number>/role")
@door(ADMIN)
def change_role(number: int) -> Response:
    try:
        changing.change_role(number, request.form.get("role", ""), actor=actor())
        flash("The role is changed; the account must sign in again.", "success")
    except Invalid as invalid:
        flash(" ".join(invalid.fields.values()), "error")
    return _back(number)


@pages.post("/accounts/<int:number>/active")
@door(ADMIN)
def change_active(number: int) -> Response:
    active = request.form.get("active") == "y"
    try:
        changing.set_active(number, active=active, actor=actor())
        flash("The account is enabled." if active else "The account is disabled.", "success")
    except Invalid as invalid:
        flash(" ".join(invalid.fields.values()), "error")
    return _back(number)


@pages.post("/accounts/<int:number>/factors")
@door(ADMIN)
def forget_factors(number: int) -> Response:
    changing.forget_factors(number, actor=actor())
    flash("The second factors are removed. The password alone opens the account now.", "success")
    return _back(number)


@pages.post("/accounts/<int:number>/sessions")
@door(ADMIN)
def end_sessions(number: int) -> Response:
    listing.account(number)
    end_others(number, "", actor=actor())
    flash("Every session of this account is ended.", "success")
    return _back(number)


def _send_invitation(account: Account) -> None:
    token = generate_reset_password_token(account)  # type: ignore[no-untyped-call]
    send_link("staff-invitation", account.email, absolute(f"/staff/reset/{token}"))


def _back(number: int) -> Response:
    return redirect(f"{LIST}/{number}", 303)
