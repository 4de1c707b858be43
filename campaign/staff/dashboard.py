"""The first page: every campaign and how it is doing."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from campaign.accounts.audit import record_alone
from campaign.delivery.reminding import unacknowledged
from campaign.signatures.overview import Glance, glances
from campaign.signatures.retaining import announced
from campaign.staff import tables
from campaign.staff.alerts import for_dashboard
from campaign.staff.charts import spark
from campaign.staff.doors import ORGANISER, actor, door

pages = Blueprint("dashboard", __name__)

_SUMS = ("submitted", "pending", "confirmed", "withdrawn", "excluded", "erased", "paper")


@pages.get("/")
@door(ORGANISER)
def dashboard() -> str:
    found = glances()
    return render_template(
        "staff/dashboard.html",
        glances=found,
        live=[one for one in found if one.standing.state in ("open", "paused")],
        whole={name: _sum(found, name) for name in (*_SUMS, "displayed")},
        today=sum(one.today for one in found),
        together=[sum(day) for day in zip(*(one.days for one in found), strict=True)],
        spark=spark,
        unacknowledged=unacknowledged(),
        going=announced(),
        **for_dashboard(),
    )


@pages.get("/campaigns.csv")
@door(ORGANISER)
def dashboard_csv() -> Response:
    record_alone(actor(), "figures exported", details={"table": "campaigns"})
    columns = ("slug", "title", "state", "goal", *_SUMS, "displayed")
    rows = [tuple(getattr(one.standing, name) for name in columns) for one in glances()]
    return tables.download([columns, *rows], "campaigns")


def _sum(found: list[Glance], name: str) -> int:
    return sum(getattr(one.standing, name) for one in found)
