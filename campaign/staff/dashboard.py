"""The first page: every campaign and how it is doing."""

from __future__ import annotations

from flask import Blueprint, render_template

from campaign.signatures.standing import standings
from campaign.staff.alerts import for_dashboard
from campaign.staff.doors import ORGANISER, door

pages = Blueprint("dashboard", __name__)


@pages.get("/")
@door(ORGANISER)
def dashboard() -> str:
    return render_template("staff/dashboard.html", standings=standings(), **for_dashboard())
