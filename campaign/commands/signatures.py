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
from campaign.signatures.generating import generate

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


@signatures.command("generate")
@click.argument("slug")
@click.argument("number", metavar="N", type=int)
def generate_(slug: str, number: int) -> None:
    """Add N confirmed signatures of invented people to the campaign SLUG, for trials."""
    click.echo(f"{generate(slug, number):,} signatures generated")
