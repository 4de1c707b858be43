"""Paper: what came back of it, and blank sheets to print."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.delivery.errors import CannotWrite
from campaign.delivery.sheets import blank_sheet
from campaign.errors import Invalid
from campaign.languages import NAMES
from campaign.signatures.paper import LONGEST_NAME, clean_batch_name
from campaign.signatures.paper_batches import PAGE, batches
from campaign.signatures.paper_reading import MAX_LINES
from campaign.signatures.standing import standing
from campaign.staff.doors import ORGANISER, door
from campaign.staff.paging import page_start

pages = Blueprint("paper", __name__)

ALL = "/campaigns/<slug:slug>/paper"
MOST_SHEETS = 50


@pages.get(ALL)
@door(ORGANISER)
def paper(slug: str) -> str:
    return show_paper(slug, {})


@pages.get(f"{ALL}/sheets.pdf")
@door(ORGANISER)
def blank_sheets(slug: str) -> AnyResponse | tuple[str, int]:
    standing(slug)
    try:
        batch = clean_batch_name(request.args.get("batch", ""))
        wanted = request.args.get("language", "")
        pdf = blank_sheet(slug, batch=batch, pages=_number_of_sheets(), language=wanted)
    except Invalid as invalid:
        return show_paper(slug, invalid.fields), 400
    except CannotWrite as problem:
        flash(str(problem), "error")
        return redirect(f"/staff/campaigns/{slug}/paper", 303)
    response = Response(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-sheets.pdf"'
    return response


def show_paper(slug: str, errors: dict[str, str]) -> str:
    """The page of a campaign's paper."""
    campaign, before = standing(slug), page_start()
    found = batches(slug, **before)
    return render_template(
        "staff/paper.html",
        campaign=campaign,
        batches=found[:PAGE],
        older=f"?before={found[PAGE - 1].id}" if len(found) > PAGE else None,
        newer="?" if before else None,
        values=request.args,
        errors=errors,
        most_sheets=MOST_SHEETS,
        most_lines=MAX_LINES,
        longest=LONGEST_NAME,
        languages=NAMES,
    )


def _number_of_sheets() -> int:
    given = request.args.get("pages", "")
    known = given.isascii() and given.isdecimal() and len(given) < 4
    if not known or not 1 <= int(given) <= MOST_SHEETS:
        raise Invalid({"pages": f"Enter a number of sheets from 1 to {MOST_SHEETS}."})
    return int(given)
