"""`campaign signatures`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import cast

import click

from campaign.commands.common import Acts, at_the_shell
from campaign.delivery.errors import CannotWrite
from campaign.delivery.exporting import Format, export_signatures
from campaign.delivery.files import replaced
from campaign.delivery.sheets import blank_sheet
from campaign.errors import GroundswellError, Invalid
from campaign.signatures.generating import generate
from campaign.signatures.paper import Report, import_paper
from campaign.signatures.paper_reading import MAX_BYTES

signatures = Acts("signatures", help="Signatures in bulk.")


@signatures.command("export")
@click.argument("slug")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), required=True)
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Where to; what is there is replaced. - is the standard output, for CSV.",
)
def export(slug: str, form: str, out: Path) -> None:
    """Write the confirmed signatures of the campaign SLUG, in the order of confirmation."""
    if str(out) != "-":
        count = export_signatures(slug, cast("Format", form), out, actor=at_the_shell())
        click.echo(f"{count:,} signatures in {out}")
    elif form == "csv":
        try:
            export_signatures(slug, "csv", sys.stdout.buffer, actor=at_the_shell())
        except CannotWrite:
            # Python would try once more to write what is left, and end with a status of its own.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise
    else:
        raise click.UsageError("only CSV can go to the standard output")


@signatures.command("import")
@click.argument("slug")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option("--batch", required=True, metavar="NAME", help="What the lines are known by.")
@click.option("--text-version", type=int, metavar="N", help="Of the text on the sheets.")
def import_(slug: str, file: Path, batch: str, text_version: int | None) -> None:
    """Import signatures on paper into the campaign SLUG; columns name, postcode, country,
    signed_on, comment and, if you like, email."""
    raw = _read(file)
    try:
        report = import_paper(
            slug, raw, batch=batch, text_version=text_version, actor=at_the_shell()
        )
    except Invalid as invalid:
        about = {"table": str(file), "batch": "--batch", "text_version": "--text-version"}
        lines = [f"{about[name]}: {reason}" for name, reason in invalid.fields.items()]
        raise GroundswellError("; ".join(lines)) from None
    _tell(report)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise GroundswellError(f"cannot read {file}: {error.strerror}") from None


def _tell(report: Report) -> None:
    counts = (report.added, len(report.duplicate), len(report.refused))
    click.echo("{:,} added, {:,} duplicate, {:,} refused".format(*counts))
    told = [(one.number, "duplicate", one.reason) for one in report.duplicate]
    told += [(one.number, "refused", one.reason) for one in report.refused]
    for number, what, reason in sorted(told):
        click.echo(f"line {number}: {what}: {reason}")
    if report.batch_id is None:
        click.echo("Nothing was there to be added; the name of the batch stays free.")
    elif report.refused:
        click.echo("Lines that were refused are not counted: import them, corrected, as a batch.")


@signatures.command("sheet")
@click.argument("slug")
@click.option("--batch", required=True, metavar="NAME", help="What the sheets will be called.")
@click.option("--pages", default=1, show_default=True, help="How many tables to fill in.")
@click.option("--language", default="", metavar="CODE", help="Else that of the campaign.")
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    metavar="FILE.pdf",
    type=click.Path(path_type=Path),
    help="Where to; what is there is replaced.",
)
def sheet(slug: str, batch: str, pages: int, language: str, out: Path) -> None:
    """Make a PDF to print, on which people sign the campaign SLUG on paper."""
    pdf = blank_sheet(slug, batch=batch, pages=pages, language=language)
    with replaced(out) as draft:
        draft.write_bytes(pdf)
    click.echo(f"{pages:,} {'sheet' if pages == 1 else 'sheets'} in {out}")


@signatures.command("generate")
@click.argument("slug")
@click.argument("number", metavar="N", type=int)
def generate_(slug: str, number: int) -> None:
    """Add N confirmed signatures of invented people to the campaign SLUG, for trials."""
    click.echo(f"{generate(slug, number):,} signatures generated")
