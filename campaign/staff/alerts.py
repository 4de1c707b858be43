"""Alerts about signatures that come in unusually fast."""

from __future__ import annotations

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from campaign.signatures import alerts
from campaign.staff.doors import ADMIN, actor, door, me

pages = Blueprint("alerts", __name__)


@pages.post("/alerts/<int:number>/dismiss")
@door(ADMIN)
def dismiss(number: int) -> Response:
    if alerts.dismiss(number, actor=actor()):
        flash("The alert is dismissed. It stays quiet for a day.", "success")
    return redirect("/staff/", 303)


def for_dashboard() -> dict[str, object]:
    """What the dashboard shows of alerts: organisers get numbers, admins the places too."""
    found = alerts.open_alerts() if me().role == "admin" else []
    return {"alerts": found, "alert_counts": alerts.alert_counts()}
