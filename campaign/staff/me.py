"""One's own account: name, second factors, sessions."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session
from werkzeug.wrappers import Response

from campaign.accounts.changing import rename
from campaign.accounts.sessions import end_others, sessions_of
from campaign.staff.doors import SIGNED_IN, actor, door, me

pages = Blueprint("me", __name__)


@pages.get("/me")
@door(SIGNED_IN)
def my_account() -> str:
    mine = sessions_of(me().id, session.get("sid", ""))
    return render_template("staff/me.html", account=me(), sessions=mine)


@pages.post("/me/name")
@door(SIGNED_IN)
def change_name() -> Response:
    rename(me().id, request.form.get("name", ""), actor=actor())
    flash("Your name is saved.", "success")
    return redirect("/staff/me", 303)


@pages.post("/me/sessions")
@door(SIGNED_IN)
def end_other_sessions() -> Response:
    ended = end_others(me().id, session.get("sid", ""), actor=actor())
    flash(f"{ended} other sessions were ended." if ended else "There was no other session.")
    return redirect("/staff/me", 303)
