"""A table of paper on its way in: sent, looked at, imported or discarded."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.accounts.audit import record_alone
from campaign.countries import country_names
from campaign.delivery import paper_keeping
from campaign.delivery.errors import CannotWrite
from campaign.delivery.looking import texts
from campaign.errors import Invalid
from campaign.signatures.paper import LONGEST_NAME, Preview, import_paper, read_paper
from campaign.signatures.paper_reading import MAX_BYTES
from campaign.signatures.standing import standing
from campaign.staff import writing
from campaign.staff.doors import ADMIN, actor, door
from campaign.staff.paper import ALL, show_paper

pages = Blueprint("paper_importing", __name__)

TABLE = f"{ALL}/tables/<slug:token>"
# More reasons than anybody reads on a page; the file of them has all.
SHOWN = 500


@pages.post(ALL)
@door(ADMIN)
def send_table(slug: str) -> AnyResponse | tuple[str, int]:
    standing(slug)
    upload = request.files.get("table")
    if upload is None or not upload.filename:
        return show_paper(slug, writing.labelled({"table": "is missing"})), 400
    raw = upload.stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        reason = f"is larger than {MAX_BYTES:,} bytes; split it into several"
        return show_paper(slug, writing.labelled({"table": reason})), 400
    try:
        token = paper_keeping.keep_table(slug, raw)
    except CannotWrite as problem:
        return show_paper(slug, {"table": f"The file cannot be kept: {_why(problem)}."}), 507
    return redirect(f"/staff/campaigns/{slug}/paper/tables/{token}", 303)


@pages.get(TABLE)
@door(ADMIN)
def preview(slug: str, token: str) -> str | tuple[str, int]:
    return _preview(slug, token, {})


@pages.post(TABLE)
@door(ADMIN)
def import_table(slug: str, token: str) -> AnyResponse | str | tuple[str, int]:
    raw = paper_keeping.kept_table(slug, token)
    batch, version = request.form.get("batch", ""), _version()
    try:
        report = import_paper(slug, raw, batch=batch, text_version=version, actor=actor())
    except Invalid as invalid:
        return _preview(slug, token, invalid.fields)
    if report.batch_id is None:
        flash("Nothing was imported: no line of this table is new any more.", "error")
        return redirect(f"/staff/campaigns/{slug}/paper/tables/{token}", 303)
    try:
        paper_keeping.keep_refused(report.batch_id, report.refused)
    except CannotWrite as problem:
        flash(f"The refused lines cannot be kept: {_why(problem)}. They are in your file.", "error")
    paper_keeping.drop_table(slug, token)
    what = "1 signature is" if report.added == 1 else f"{report.added:,} signatures are"
    flash(f"{what} imported and counted as paper.", "success")
    return redirect(f"/staff/campaigns/{slug}/paper/{report.batch_id}", 303)


@pages.post(f"{TABLE}/discard")
@door(ADMIN)
def discard(slug: str, token: str) -> AnyResponse:
    paper_keeping.drop_table(slug, token)
    flash("The table is discarded. Nothing of it was imported.")
    return redirect(f"/staff/campaigns/{slug}/paper", 303)


@pages.get(f"{TABLE}/refused.csv")
@door(ADMIN)
def refused_of_table(slug: str, token: str) -> Response:
    found = read_paper(paper_keeping.kept_table(slug, token), slug)
    details = {"refused": len(found.refused)}
    record_alone(actor(), "refused paper downloaded", f"campaign:{slug}", details)
    return refused_file(paper_keeping.refused_csv(found.refused), f"{slug}-refused")


def refused_file(table: bytes, name: str) -> Response:
    """A table of refused lines, to be saved."""
    response = Response(table, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _preview(slug: str, token: str, errors: dict[str, str]) -> str | tuple[str, int]:
    raw = paper_keeping.kept_table(slug, token)
    try:
        found = read_paper(raw, slug)
    except Invalid as invalid:
        paper_keeping.drop_table(slug, token)
        return show_paper(slug, writing.labelled(invalid.fields)), 400
    _on_record(slug, found)
    html = render_template(
        "staff/paper_preview.html",
        campaign=standing(slug),
        token=token,
        preview=found,
        shown=SHOWN,
        names=country_names(),
        texts=texts(slug),
        values=request.form,
        errors=errors,
        longest=LONGEST_NAME,
        hours=paper_keeping.TABLE_HOURS,
    )
    return (html, 400) if errors else html


def _why(problem: CannotWrite) -> str:
    """The reason without our folders."""
    return str(problem).rpartition(": ")[2]


def _on_record(slug: str, found: Preview) -> None:
    details = {
        "added": found.added,
        "duplicate": len(found.duplicate),
        "refused": len(found.refused),
    }
    record_alone(actor(), "paper previewed", f"campaign:{slug}", details)


def _version() -> int | None:
    """The version of the text that the form names; one that there is not when it is no number."""
    given = request.form.get("text_version", "")
    known = given.isascii() and given.isdecimal() and len(given) < 7
    return int(given) if known else 0 if given else None
