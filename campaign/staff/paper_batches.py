"""One batch of paper: its figures, its rows, what was refused; undoing it, erasing one person."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.accounts.audit import record_alone
from campaign.delivery import paper_keeping
from campaign.delivery.paper_undoing import erase_row, undo_batch
from campaign.signatures.paper_batches import PAGE, Row, batch, row, rows
from campaign.signatures.standing import standing
from campaign.staff.doors import ADMIN, ORGANISER, actor, door, me
from campaign.staff.paging import page_start
from campaign.staff.paper import ALL
from campaign.staff.paper_importing import refused_file

pages = Blueprint("paper_batches", __name__)

ONE = f"{ALL}/<int:number>"


@pages.get(ONE)
@door(ORGANISER)
def paper_batch(slug: str, number: int) -> str:
    return _page(slug, number, {})


@pages.post(f"{ONE}/find")
@door(ADMIN)
def find_rows(slug: str, number: int) -> str:
    # Answered at once, because a name may stand in no address.
    return _page(slug, number, {}, q=request.form.get("q", ""))


@pages.post(f"{ONE}/undo")
@door(ADMIN)
def undo(slug: str, number: int) -> AnyResponse | tuple[str, int]:
    if request.form.get("sure") != "y":
        return _page(
            slug, number, {"sure": "Tick that you are sure: it cannot be taken back."}
        ), 400
    undone = undo_batch(slug, number, actor=actor())
    if undone is None:
        flash("The batch was undone before.")
    else:
        what = "1 signature is" if undone == 1 else f"{undone:,} signatures are"
        flash(f"The batch is undone. {what} counted no more.", "success")
    return _to(slug, number)


@pages.get(f"{ONE}/refused.csv")
@door(ADMIN)
def refused(slug: str, number: int) -> Response:
    batch(slug, number)
    table = paper_keeping.kept_refused(number)
    if table is None:
        raise paper_keeping.NotKept("The refused lines are not kept any more.")
    details = {"campaign": slug}
    record_alone(actor(), "refused paper downloaded", f"paper:{number}", details)
    return refused_file(table, f"{slug}-batch-{number}-refused")


@pages.get(f"{ONE}/<int:person>/erase")
@door(ADMIN)
def ask_to_erase(slug: str, number: int, person: int) -> str:
    found, _ = batch(slug, number)
    return render_template(
        "staff/paper_erase.html",
        campaign=standing(slug),
        batch=found,
        row=row(slug, number, person, actor=actor()),
    )


@pages.post(f"{ONE}/<int:person>/erase")
@door(ADMIN)
def erase(slug: str, number: int, person: int) -> AnyResponse:
    if erase_row(slug, number, person, actor=actor()):
        flash("The person is erased.", "success")
    else:
        flash("There was nothing left to erase.")
    return _to(slug, number)


def _page(slug: str, number: int, errors: dict[str, str], q: str = "") -> str:
    found, stands = batch(slug, number)
    after = page_start("after")
    shown: list[Row] = []
    if me().role == "admin" and not found.undone_at:
        shown = rows(slug, number, q=q, actor=actor(), **after)
    more = len(shown) > PAGE
    return render_template(
        "staff/paper_batch.html",
        campaign=standing(slug),
        batch=found,
        stands=stands,
        rows=shown[:PAGE],
        q=q,
        more=more,
        next=f"?after={shown[PAGE - 1].line}" if more and not q else None,
        first="?" if after else None,
        kept=paper_keeping.kept_refused(number) is not None,
        days=paper_keeping.REFUSED_DAYS,
        errors=errors,
    )


def _to(slug: str, number: int) -> AnyResponse:
    return redirect(f"/staff/campaigns/{slug}/paper/{number}", 303)
